package io.identities.gateway.keys;

import java.util.List;

/**
 * Where this gateway's own keys come from. The user's own bean of this type replaces the gateway's.
 *
 * <p>Read at start and then once per {@code identities.keys.reload-interval}, always by the same background thread,
 * which may block. A failure at start stops the start; a later one leaves the last good set in force.
 */
public interface KeySource {

    /**
     * Every key as it is now.
     *
     * @throws UnusableKeyException if a key or its location is broken; the message names the location
     */
    KeySet read();

    /**
     * A complete set; every {@code kid} is unique.
     *
     * @param signers keys that can sign (and verify)
     * @param verifiers keys that can only verify
     */
    record KeySet(List<SigningKey> signers, List<VerificationKey> verifiers) {

        public KeySet {
            signers = List.copyOf(signers);
            verifiers = List.copyOf(verifiers);
        }
    }
}
