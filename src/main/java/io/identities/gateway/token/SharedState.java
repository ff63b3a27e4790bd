package io.identities.gateway.token;

/**
 * Whether and where replicas share state.
 *
 * @param inRedis whether state is shared in Redis; else each process has its own
 * @param namespace prefix of every key, followed by a colon, so that installations can share one Redis; empty for none
 */
public record SharedState(boolean inRedis, String namespace) {

    /** The name of a key in this installation's namespace. */
    public String key(String name) {
        return namespace.isEmpty() ? name : namespace + ':' + name;
    }
}
