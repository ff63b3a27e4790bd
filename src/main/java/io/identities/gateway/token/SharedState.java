package io.identities.gateway.token;

/**
 * Where replicas share what they must agree on.
 *
 * @param inRedis whether they share it at all; else each process has its own
 * @param namespace stands before every key, with a colon, so that installations may share one Redis; empty for none
 */
public record SharedState(boolean inRedis, String namespace) {

    /** The name of a key for this installation. */
    public String key(String name) {
        return namespace.isEmpty() ? name : namespace + ':' + name;
    }
}
