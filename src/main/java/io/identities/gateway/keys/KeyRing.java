package io.identities.gateway.keys;

import io.identities.gateway.keys.KeySource.KeySet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * This gateway's own keys at one moment: which ones verify, and which one signs when. Immutable snapshot.
 *
 * <p>The preferred signer (the named one, else the last in byte order) signs once this process has known it for the
 * activation delay, so that every replica has it by then. Until then the most preferred of the keys past the activation
 * delay signs; if there is none, the next older of those known longest.
 */
public final class KeyRing {

    private static final Comparator<SigningKey> BY_NAME =
            Comparator.comparing(SigningKey::id, KeyRing::compareInByteOrder);

    private final List<SigningKey> byPreference;
    private final VerificationKeys verifiers;
    private final Map<String, Instant> firstSeen;
    private final Duration activationDelay;

    private KeyRing(
            List<SigningKey> byPreference,
            VerificationKeys verifiers,
            Map<String, Instant> firstSeen,
            Duration activationDelay) {
        this.byPreference = byPreference;
        this.verifiers = verifiers;
        this.firstSeen = firstSeen;
        this.activationDelay = activationDelay;
    }

    /**
     * @param preferred the {@code kid} of the signing key; null for the last in byte order
     * @param firstSeen when this process first saw each signer of {@code keys}
     * @throws UnusableKeyException if no key can sign, the preferred one cannot, or a {@code kid} occurs twice
     */
    static KeyRing of(
            KeySet keys, @Nullable String preferred, Map<String, Instant> firstSeen, Duration activationDelay) {
        List<VerificationKey> verifiers = new ArrayList<>(keys.verifiers());
        keys.signers().forEach(key -> verifiers.add(key.verifier()));
        checkIds(verifiers);
        return new KeyRing(
                byPreference(keys, preferred), new VerificationKeys(verifiers), Map.copyOf(firstSeen), activationDelay);
    }

    public VerificationKeys verifiers() {
        return verifiers;
    }

    /** The key that signs at {@code now}. */
    public SigningKey signer(Instant now) {
        Predicate<SigningKey> isActive = key -> !now.isBefore(since(key).plus(activationDelay));
        return byPreference.stream().filter(isActive).findFirst().orElseGet(this::standIn);
    }

    /** When this process first saw each signer, by {@code kid}. */
    public Map<String, Instant> firstSeen() {
        return firstSeen;
    }

    private SigningKey standIn() {
        Instant earliest = byPreference.stream()
                .map(this::since)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        List<SigningKey> oldest =
                byPreference.stream().filter(key -> since(key).equals(earliest)).toList();
        SigningKey preferred = oldest.get(0);
        return oldest.stream()
                .filter(key -> BY_NAME.compare(key, preferred) < 0)
                .max(BY_NAME)
                .orElse(preferred);
    }

    private Instant since(SigningKey key) {
        return firstSeen.getOrDefault(key.id(), Instant.MIN);
    }

    private static List<SigningKey> byPreference(KeySet keys, @Nullable String preferred) {
        if (keys.signers().isEmpty()) {
            throw new UnusableKeyException(
                    "identities.keys: found no key that can sign, expected a private key or a secret");
        }
        if (preferred != null
                && keys.signers().stream().noneMatch(key -> key.id().equals(preferred))) {
            throw new UnusableKeyException("identities.keys.signer: found \"" + preferred
                    + "\", expected the kid of a private key or a secret, one of "
                    + keys.signers().stream().map(SigningKey::id).toList());
        }
        Comparator<SigningKey> preference =
                Comparator.comparing(key -> !key.id().equals(preferred));
        return keys.signers().stream()
                .sorted(preference.thenComparing(BY_NAME.reversed()))
                .toList();
    }

    private static void checkIds(List<VerificationKey> keys) {
        Set<String> ids = new HashSet<>();
        for (VerificationKey key : keys) {
            String id = key.id();
            if (id == null || id.isEmpty()) {
                throw new UnusableKeyException("identities.keys: found a key without kid, expected one");
            }
            if (!ids.add(id)) {
                throw new UnusableKeyException(
                        "identities.keys: found the kid \"" + id + "\" twice, expected every kid once");
            }
        }
    }

    private static int compareInByteOrder(String left, String right) {
        return Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
