package io.identities.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The head of a response, held back until it is known whether a part of the body has arrived with it: if not, the head
 * is sent without waiting for the body. Event-loop bound.
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
     * @param readOver whether its read is complete, so that nothing has arrived with it
     */
    void pass(ChannelHandlerContext ctx, boolean readOver) {
        HttpResponse head = held;
        if (head != null) {
            held = null;
            ahead = readOver;
            ctx.fireChannelRead(head);
        }
    }

    /** Whether the last head arrived without any part of its body. */
    boolean isAhead() {
        return ahead;
    }
}
