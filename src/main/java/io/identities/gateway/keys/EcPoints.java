package io.identities.gateway.keys;

import java.math.BigInteger;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;

/** Arithmetic on short Weierstrass curves over prime fields, for checks that the JDK does not make. */
final class EcPoints {

    private static final BigInteger TWO = BigInteger.TWO;
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private EcPoints() {}

    /** Whether r and s are both in [1, n-1]; not left to the JDK (CVE-2022-21449). */
    static boolean isInRange(ECParameterSpec curve, byte[] signature) {
        int half = signature.length / 2;
        return isScalar(curve, new BigInteger(1, Arrays.copyOfRange(signature, 0, half)))
                && isScalar(curve, new BigInteger(1, Arrays.copyOfRange(signature, half, signature.length)));
    }

    static boolean isScalar(ECParameterSpec curve, BigInteger value) {
        return value.signum() > 0 && value.compareTo(curve.getOrder()) < 0;
    }

    static boolean isOnCurve(ECParameterSpec curve, ECPoint point) {
        if (point.equals(ECPoint.POINT_INFINITY)) {
            return false;
        }
        BigInteger p = prime(curve);
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        if (!isCoordinate(p, x) || !isCoordinate(p, y)) {
            return false;
        }
        BigInteger right = x.pow(3)
                .add(curve.getCurve().getA().multiply(x))
                .add(curve.getCurve().getB())
                .mod(p);
        return y.modPow(TWO, p).equals(right);
    }

    /**
     * The public point of a private scalar. Not in constant time: for keys at start-up, never for signatures.
     *
     * @param scalar in [1, n-1]
     */
    static ECPoint publicPoint(ECParameterSpec curve, BigInteger scalar) {
        ECPoint sum = ECPoint.POINT_INFINITY;
        for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
            sum = doubled(curve, sum);
            if (scalar.testBit(bit)) {
                sum = added(curve, sum, curve.getGenerator());
            }
        }
        return sum;
    }

    // Only called for a scalar in [1, n-1], so the points are never each other's negative.
    private static ECPoint added(ECParameterSpec curve, ECPoint left, ECPoint right) {
        if (left.equals(ECPoint.POINT_INFINITY)) {
            return right;
        }
        if (left.equals(right)) {
            return doubled(curve, left);
        }
        BigInteger p = prime(curve);
        BigInteger slope = right.getAffineY()
                .subtract(left.getAffineY())
                .multiply(right.getAffineX().subtract(left.getAffineX()).modInverse(p));
        return along(p, slope, left, right);
    }

    private static ECPoint doubled(ECParameterSpec curve, ECPoint point) {
        if (point.equals(ECPoint.POINT_INFINITY)) {
            return point;
        }
        BigInteger p = prime(curve);
        BigInteger slope = point.getAffineX()
                .pow(2)
                .multiply(THREE)
                .add(curve.getCurve().getA())
                .multiply(point.getAffineY().multiply(TWO).modInverse(p));
        return along(p, slope, point, point);
    }

    private static ECPoint along(BigInteger p, BigInteger slope, ECPoint left, ECPoint right) {
        BigInteger x = slope.pow(2)
                .subtract(left.getAffineX())
                .subtract(right.getAffineX())
                .mod(p);
        BigInteger y = slope.multiply(left.getAffineX().subtract(x))
                .subtract(left.getAffineY())
                .mod(p);
        return new ECPoint(x, y);
    }

    private static boolean isCoordinate(BigInteger p, BigInteger value) {
        return value.signum() >= 0 && value.compareTo(p) < 0;
    }

    private static BigInteger prime(ECParameterSpec curve) {
        return ((ECFieldFp) curve.getCurve().getField()).getP();
    }
}
