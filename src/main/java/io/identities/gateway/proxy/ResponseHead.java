package io.identities.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The head of an answer, held back until it is known whether anything of the body has come with it: a client need not wait
 * for a body to learn of a head that was sent ahead of it. Event-loop bound.
 */
final class ResponseHead {

    private @Nullable HttpResponse held;
    private boolean ahead;

    void hold(HttpResponse head) {
        held = head;
    }

    /**
     * Passes the head on, if it is held.
     *
     * @param readOver whether the read is over that has brought it, and so nothing has come with it
     */
    void pass(ChannelHandlerContext ctx, boolean readOver) {
        HttpResponse head = held;
        if (head != null) {
            held = null;
            ahead = readOver;
            ctx.fireChannelRead(head);
        }
    }

    /** Whether the last head came without anything of its body. */
    boolean isAhead() {
        return ahead;
    }
}
