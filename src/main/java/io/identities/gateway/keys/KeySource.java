package io.identities.gateway.keys;

import java.util.List;

/**
 * Where this gateway's own keys come from. The user's own bean of this type replaces the gateway's.
 *
 * <p>Asked at start and then once per {@code identities.keys.reload-interval}, always by the same background thread,
 * which may block. A failure at start stops the start; later it leaves the last good set in force.
 */
public interface KeySource {

    /**
     * Every key as it is now.
     *
     * @throws UnusableKeyException when a key or the place of the keys is broken; the message names the place
     */
    KeySet read();

    /**
     * A complete set; every {@code kid} stands for one key.
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
