/** Rules that find bugs; how code looks is prettier's, what may import what is dependency-cruiser's. */
import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

const only = ['describe', 'it'].map((object) => ({
  object,
  property: 'only',
  message: 'The other tests would not run.',
}));
const skip = ['describe', 'it'].map((object) => ({
  object,
  property: 'skip',
  message: 'Use skipBecause(this, reason) of test/support/skip.ts: a pending test says why.',
}));

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A warning: it does not see that a callback has changed a variable.
      '@typescript-eslint/no-unnecessary-condition': [
        'warn',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/no-deprecated': 'warn',
      // A fake of an asynchronous interface has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Objects here are closures, not classes: a method may be handed on without its object.
      '@typescript-eslint/unbound-method': 'off',
      // Mail is full of control characters that must be looked for.
      'no-control-regex': 'off',
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that has it.' },
        { selector: 'TSEnumDeclaration', message: 'Types are stripped at run time: use a union of strings.' },
      ],
      'max-lines': ['warn', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60 }],
    },
  },
  {
    // The composition root is being split; until then `openBehind` is 61 lines.
    files: ['packages/shared/src/gateway/compose/gateway.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // What a stranger sends must not cost more than its length. The input of tests and of the bench is their own.
    files: ['packages/**/*.ts', 'tools/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // `describe` holds its tests in one function, and chai asserts with properties.
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      'no-restricted-properties': ['error', ...only, ...skip],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.type='ThisExpression'][callee.property.name='skip']",
          message: 'Use skipBecause(this, reason) of test/support/skip.ts: a pending test says why.',
        },
      ],
    },
  },
);
