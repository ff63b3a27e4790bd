package io.identities.gateway.keys;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer at one moment. Immutable; every change is a new object, so changes can be detected by
 * identity.
 */
public final class VerificationKeys {

    /** How many keys a token without {@code kid} is tried with. */
    private static final int MAX_TRIES = 8;

    private final List<VerificationKey> all;
    private final Map<String, List<VerificationKey>> byId = new LinkedHashMap<>();
    private final List<VerificationKey> unnamed;

    VerificationKeys(List<VerificationKey> all) {
        this.all = List.copyOf(all);
        for (VerificationKey key : all) {
            String id = key.id();
            if (id != null) {
                byId.merge(id, List.of(key), VerificationKeys::joined);
            }
        }
        this.unnamed = all.stream().filter(key -> key.id() == null).toList();
    }

    public List<VerificationKey> all() {
        return all;
    }

    /** Whether these are the keys, in any order: some issuers change the order with each response. */
    boolean holds(List<VerificationKey> keys) {
        return Set.copyOf(all).equals(Set.copyOf(keys));
    }

    public boolean knows(String id) {
        return byId.containsKey(id);
    }

    /**
     * The keys of the algorithm that may have signed, up to eight: the one with the given name; if none has it, those
     * that were published without a name; without a given name, every key.
     *
     * @return empty when no key fits
     */
    public List<VerificationKey> candidates(@Nullable String id, SignatureAlgorithm algorithm) {
        List<VerificationKey> named = id == null ? all : byId.getOrDefault(id, unnamed);
        if (named.size() == 1) {
            return named.get(0).algorithm() == algorithm ? named : List.of();
        }
        return named.stream()
                .filter(key -> key.algorithm() == algorithm)
                .limit(MAX_TRIES)
                .toList();
    }

    private static List<VerificationKey> joined(List<VerificationKey> left, List<VerificationKey> right) {
        return Stream.concat(left.stream(), right.stream()).toList();
    }
}
