package io.identities.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.testing.TestKeys;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EcPointsTest {

    private final KeyPair pair = TestKeys.ec("own", "secp256r1");
    private final ECPublicKey publicKey = (ECPublicKey) pair.getPublic();
    private final ECParameterSpec curve = publicKey.getParams();

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1"})
    void findsTheRuntimesOwnPublicPoint(String name) {
        for (int i = 0; i < 5; i++) {
            KeyPair made = TestKeys.ec("point" + i, name);
            ECPublicKey expected = (ECPublicKey) made.getPublic();
            assertThat(EcPoints.publicPoint(expected.getParams(), ((ECPrivateKey) made.getPrivate()).getS()))
                    .isEqualTo(expected.getW());
        }
    }

    @Test
    void smallMultiplesAreRightToo() {
        assertThat(EcPoints.publicPoint(curve, BigInteger.ONE)).isEqualTo(curve.getGenerator());
        ECPoint three = EcPoints.publicPoint(curve, BigInteger.valueOf(3));
        assertThat(EcPoints.isOnCurve(curve, three)).isTrue();
        ECPoint last = EcPoints.publicPoint(curve, curve.getOrder().subtract(BigInteger.ONE));
        assertThat(last.getAffineX()).isEqualTo(curve.getGenerator().getAffineX());
        assertThat(last.getAffineY()).isNotEqualTo(curve.getGenerator().getAffineY());
    }

    @Test
    void aPointOffTheCurveOrOutsideTheFieldIsNoPoint() {
        BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
        ECPoint good = publicKey.getW();

        assertThat(EcPoints.isOnCurve(curve, good)).isTrue();
        assertThat(EcPoints.isOnCurve(curve, ECPoint.POINT_INFINITY)).isFalse();
        assertThat(EcPoints.isOnCurve(curve, new ECPoint(good.getAffineX(), good.getAffineX())))
                .isFalse();
        assertThat(EcPoints.isOnCurve(curve, new ECPoint(good.getAffineX().add(p), good.getAffineY())))
                .isFalse();
        assertThat(EcPoints.isOnCurve(
                        curve, new ECPoint(good.getAffineX(), good.getAffineY().add(p))))
                .isFalse();
        assertThat(EcPoints.isOnCurve(curve, new ECPoint(good.getAffineX().subtract(p), good.getAffineY())))
                .isFalse();
    }

    @Test
    void bothHalvesOfASignatureMustBeInRange() {
        byte[] order = unsigned(curve.getOrder());
        byte[] one = unsigned(BigInteger.ONE);

        assertThat(EcPoints.isInRange(curve, both(one, one))).isTrue();
        assertThat(EcPoints.isInRange(curve, both(one, order))).isFalse();
        assertThat(EcPoints.isInRange(curve, both(order, one))).isFalse();
        assertThat(EcPoints.isInRange(curve, both(new byte[32], one))).isFalse();
        assertThat(EcPoints.isInRange(curve, both(one, new byte[32]))).isFalse();
    }

    @Test
    void aKeyOffItsCurveOrOnAnotherIsRefused() {
        ECPoint off =
                new ECPoint(publicKey.getW().getAffineX(), publicKey.getW().getAffineX());
        ECParameterSpec otherGenerator =
                new ECParameterSpec(curve.getCurve(), publicKey.getW(), curve.getOrder(), curve.getCofactor());
        ECParameterSpec otherOrder = new ECParameterSpec(
                curve.getCurve(), curve.getGenerator(), curve.getOrder().subtract(BigInteger.TWO), 1);
        ECParameterSpec otherCurve = new ECParameterSpec(
                new EllipticCurve(curve.getCurve().getField(), BigInteger.ONE, BigInteger.TWO),
                curve.getGenerator(),
                curve.getOrder(),
                1);

        assertThatThrownBy(() -> VerificationKey.of("k", SignatureAlgorithm.ES256, new Point(off, curve)))
                .hasMessageContaining("not on its curve");
        for (ECParameterSpec other : List.of(otherGenerator, otherOrder, otherCurve)) {
            PublicKey key = new Point(publicKey.getW(), other);
            assertThat(PublicKeyRules.algorithmOf(other)).isNull();
            assertThatThrownBy(() -> VerificationKey.of("k", SignatureAlgorithm.ES256, key))
                    .hasMessageContaining("an unsupported curve");
            assertThatThrownBy(() -> PublicKeyRules.algorithmFor(key, SignatureAlgorithm.HS256))
                    .hasMessageContaining("unsupported curve");
        }
    }

    @Test
    void anotherEdwardsCurveIsNoneOfOurs() throws Exception {
        PublicKey ed448 =
                KeyPairGenerator.getInstance("Ed448").generateKeyPair().getPublic();

        assertThat(PublicKeyRules.familyOf(ed448)).isNull();
        assertThatThrownBy(() -> PublicKeyRules.algorithmFor(ed448, SignatureAlgorithm.ED25519))
                .hasMessageContaining("expected RSA, P-256, P-384, P-521 or Ed25519");
        PublicKey x25519 =
                KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic();
        assertThat(PublicKeyRules.familyOf(x25519)).isNull();
        assertThat(PublicKeyRules.algorithmFor(TestKeys.ed25519("own").getPublic(), SignatureAlgorithm.HS256))
                .isEqualTo(SignatureAlgorithm.ED25519);
    }

    /** With R the neutral element and S zero, the neutral element as a key verifies whatever text there is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
            })
    void anEdwardsPointOfSmallOrderIsNoKey(String encoded) {
        PublicKey key = KeyPairs.publicKey(Der.spkiOfEd25519(HexFormat.of().parseHex(encoded)));

        assertThatThrownBy(() -> VerificationKey.of("k", SignatureAlgorithm.ED25519, key))
                .isInstanceOf(UnusableKeyException.class)
                .hasMessageContaining("small order");
    }

    @Test
    void aScalarOutOfRangeIsNoPrivateKey() {
        for (BigInteger scalar : List.of(BigInteger.ZERO, curve.getOrder())) {
            assertThatThrownBy(() -> KeyPairs.publicHalf(new Scalar(scalar, curve)))
                    .hasMessageContaining("out of its range");
        }
    }

    @Test
    void keysAreEqualByNameAlgorithmAndContent() {
        VerificationKey key = VerificationKey.of("k", SignatureAlgorithm.ES256, publicKey);
        SigningKey signer = SigningKey.of("k", SignatureAlgorithm.ES256, pair.getPrivate(), publicKey);

        assertThat(key)
                .isEqualTo(signer.verifier())
                .hasSameHashCodeAs(signer)
                .isNotEqualTo(VerificationKey.of("x", SignatureAlgorithm.ES256, publicKey))
                .isNotEqualTo(VerificationKey.of(
                        "k",
                        SignatureAlgorithm.ES256,
                        TestKeys.ec("other", "secp256r1").getPublic()))
                .isNotEqualTo(signer);
        assertThat(signer).isNotEqualTo(key);
        PublicKey rsa = TestKeys.rsa("own").getPublic();
        assertThat(VerificationKey.of("k", SignatureAlgorithm.RS256, rsa))
                .isNotEqualTo(VerificationKey.of("k", SignatureAlgorithm.PS256, rsa));
    }

    private static byte[] both(byte[] r, byte[] s) {
        byte[] signature = Arrays.copyOf(r, 64);
        System.arraycopy(s, 0, signature, 32, 32);
        return signature;
    }

    private static byte[] unsigned(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] out = new byte[32];
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, out, 32 - length, length);
        return out;
    }

    private record Point(ECPoint w, ECParameterSpec params) implements ECPublicKey {
        @Override
        public ECPoint getW() {
            return w;
        }

        @Override
        public ECParameterSpec getParams() {
            return params;
        }

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return "X.509";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }
    }

    private record Scalar(BigInteger s, ECParameterSpec params) implements ECPrivateKey {
        @Override
        public BigInteger getS() {
            return s;
        }

        @Override
        public ECParameterSpec getParams() {
            return params;
        }

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return "PKCS#8";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }
    }
}
