package io.identities.gateway.proxy;

import io.netty.channel.ChannelException;

/** The client has stopped sending the body of its request. */
final class RequestStalledException extends ChannelException {

    private static final long serialVersionUID = 1L;

    RequestStalledException() {
        super("The client stopped sending");
    }
}
