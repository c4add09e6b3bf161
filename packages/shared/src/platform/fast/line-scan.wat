;; Looks through octets 16 at a time and stops before the first 16 in which something has to be decided: a CR or LF that is
;; not part of CRLF, a NUL, or a dot that begins a line. line-scan.ts states the contract, line-scan-simple.ts does the same
;; one octet at a time, and the octets of this module are in line-scan-code.ts.
;;
;; A mask is a number with one bit for each of the 16 octets; bit 0 stands for the first octet.

(module
  (import "its" "memory" (memory 1))

  (func (export "scan")
    (param $at i32)         ;; the next octet to look at
    (param $end i32)        ;; where the octets end
    (param $lfBefore i32)   ;; 1 if the octet before $at is the LF that ends a line, else 0
    (result i32)            ;; a place from $at on, never between CR and LF, before which nothing has to be decided
    (local $crBefore i32)   ;; 1 if the octet before $at is a CR, else 0
    (local $cr i32)         ;; mask: which of the 16 octets are CR
    (local $lf i32)         ;; mask: which are LF
    (local $octets v128)    ;; the 16 octets

    (block $stop
      (loop $next
        (br_if $stop (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
        (local.set $octets (v128.load align=1 (local.get $at)))

        ;; 16 octets within a line: none is below 14 (NUL is 0, LF is 10, CR is 13), and no line end comes before them.
        (if (i32.eqz
              (i32.or
                (i32.or
                  (v128.any_true (i8x16.lt_u (local.get $octets) (i8x16.splat (i32.const 14))))
                  (local.get $crBefore))
                (local.get $lfBefore)))
          (then
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br $next)))

        (local.set $lf (i8x16.bitmask (i8x16.eq (local.get $octets) (i8x16.splat (i32.const 10)))))
        (local.set $cr (i8x16.bitmask (i8x16.eq (local.get $octets) (i8x16.splat (i32.const 13)))))

        (br_if $stop
          (i32.or
            (i32.or
              ;; Which octets are LF without CR before them, or follow a CR without being LF.
              (i32.xor
                (i32.and
                  (i32.or (i32.shl (local.get $cr) (i32.const 1)) (local.get $crBefore))
                  (i32.const 0xffff))
                (local.get $lf))
              ;; Which are NUL.
              (i8x16.bitmask (i8x16.eq (local.get $octets) (i8x16.splat (i32.const 0)))))
            ;; Which are a dot behind an LF.
            (i32.and
              (i32.or (i32.shl (local.get $lf) (i32.const 1)) (local.get $lfBefore))
              (i8x16.bitmask (i8x16.eq (local.get $octets) (i8x16.splat (i32.const 46)))))))

        (local.set $crBefore (i32.shr_u (local.get $cr) (i32.const 15)))
        (local.set $lfBefore (i32.shr_u (local.get $lf) (i32.const 15)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))

    ;; If the last octet that was passed is a CR, its LF has not been seen: the CR is left to the caller.
    (i32.sub (local.get $at) (local.get $crBefore))))
