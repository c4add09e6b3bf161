/** The two gateways of a pair. */
export type RoleName = 'inbound' | 'outbound';

export const roleNames: readonly RoleName[] = ['inbound', 'outbound'];
