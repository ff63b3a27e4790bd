package io.identities.gateway.keys;

import java.math.BigInteger;
import java.util.BitSet;

/**
 * Recognises RSA moduli of the defective generator of CVE-2017-15361: modulo each small prime they are a power of
 * 65537. A sound modulus has this property with a probability below 2^-27.
 */
final class RocaFingerprint {

    private static final int GENERATOR = 65537;
    private static final int[] PRIMES = {
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167
    };

    private RocaFingerprint() {}

    static boolean matches(BigInteger modulus) {
        for (int prime : PRIMES) {
            int remainder = modulus.mod(BigInteger.valueOf(prime)).intValue();
            if (!powers(prime).get(remainder)) {
                return false;
            }
        }
        return true;
    }

    private static BitSet powers(int prime) {
        BitSet seen = new BitSet(prime);
        int power = 1;
        while (!seen.get(power)) {
            seen.set(power);
            power = power * (GENERATOR % prime) % prime;
        }
        return seen;
    }
}
