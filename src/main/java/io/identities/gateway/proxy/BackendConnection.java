package io.identities.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.WriteTimeoutException;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.ProtocolException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Watches one connection to the backend, request after request: time-outs by what is awaited, interim answers, and
 * answers that come before the request is sent. Lives on the connection's event loop. There is one timer a connection,
 * which goes on by itself while something is awaited, so that a request costs no timer of its own.
 */
final class BackendConnection extends ChannelDuplexHandler {

    static final String NAME = "identities.backendConnection";

    private static final AttributeKey<BackendConnection> KEY = AttributeKey.valueOf(BackendConnection.class, "self");

    private final BackendTimeouts timeouts;

    private Phase phase = Phase.IDLE;
    private long lastActivity;
    private long timerAt;
    private @Nullable Future<?> timer;
    private boolean readWanted;
    private boolean upgrade;
    private boolean interim;
    private boolean deaf;
    private boolean used;

    BackendConnection(BackendTimeouts timeouts) {
        this.timeouts = timeouts;
    }

    private enum Phase {
        IDLE,
        /** The request's body is on its way. */
        UPLOAD,
        /** The request is sent, nothing has come back. */
        WAIT,
        BODY,
        /** An event stream. */
        STREAM,
        /** A WebSocket, which keeps its own time. */
        SWITCHED
    }

    /** The client has stopped sending the body of its request. */
    static final class RequestStalledException extends ChannelException {
        private static final long serialVersionUID = 1L;

        RequestStalledException() {
            super("The client stopped sending");
        }
    }

    static BackendConnection of(Channel channel) {
        BackendConnection connection = channel.attr(KEY).get();
        if (connection == null) {
            throw new IllegalStateException("Not a connection to the backend: " + channel);
        }
        return connection;
    }

    /** Whether it has carried a request before the one that is about to be written. */
    boolean isReused() {
        return used;
    }

    /** What comes now is an event stream, which may be silent for longer. */
    void expectStream() {
        if (phase == Phase.BODY) {
            phase = Phase.STREAM;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().attr(KEY).set(this);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the promise is the future
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (phase == Phase.SWITCHED) {
            ctx.write(msg, promise);
            return;
        }
        if (msg instanceof HttpRequest request) {
            begin(request);
        }
        if (deaf) {
            ReferenceCountUtil.release(msg);
            promise.trySuccess();
            return;
        }
        active();
        boolean wholeRequest = msg instanceof HttpRequest && msg instanceof LastHttpContent;
        if (msg instanceof LastHttpContent && phase == Phase.UPLOAD) {
            phase = Phase.WAIT;
        }
        watch(ctx);
        ctx.write(msg, wholeRequest ? promise : evenIfDeaf(ctx, promise));
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (!readWanted) {
            readWanted = true;
            active();
        }
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        readWanted = ctx.channel().config().isAutoRead();
        active();
        if (interim && msg instanceof LastHttpContent) {
            interim = false;
            ReferenceCountUtil.release(msg);
            ctx.read();
        } else if (phase == Phase.SWITCHED && msg instanceof LastHttpContent) {
            leaveHttp(ctx);
        } else if (msg instanceof HttpResponse response
                && response.decoderResult().isSuccess()) {
            answer(ctx, response);
        } else {
            if (msg instanceof LastHttpContent) {
                phase = Phase.IDLE;
            }
            ctx.fireChannelRead(msg);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        ctx.fireChannelInactive();
    }

    private void begin(HttpRequest request) {
        phase = Phase.UPLOAD;
        used = true;
        deaf = false;
        upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
    }

    private void answer(ChannelHandlerContext ctx, HttpResponse response) {
        int status = response.status().code();
        if (status == 101 && upgrade) {
            phase = Phase.SWITCHED;
            ctx.fireChannelRead(response);
        } else if (status == 101 || status < 100 || status > 599) {
            ReferenceCountUtil.release(response);
            fail(ctx, new ProtocolException("The backend answered with status " + status));
        } else if (status < 200) {
            interim = true;
            ReferenceCountUtil.release(response);
        } else {
            phase = Phase.BODY;
            ctx.fireChannelRead(response);
        }
    }

    /** What the decoder has read behind the 101 comes out of it now, as bytes. */
    private static void leaveHttp(ChannelHandlerContext ctx) {
        ctx.pipeline().remove(NettyPipeline.HttpCodec);
    }

    /**
     * A backend that answers early and closes makes writing fail before its answer is read. What remains of the body is
     * then thrown away and the answer, if there is one, still delivered.
     */
    private ChannelPromise evenIfDeaf(ChannelHandlerContext ctx, ChannelPromise promise) {
        ChannelPromise ours = ctx.newPromise();
        ours.addListener(written -> {
            if (!written.isSuccess() && !deaf) {
                deaf = true;
                read(ctx);
            }
            active();
            promise.trySuccess();
        });
        return ours;
    }

    private void active() {
        lastActivity = System.nanoTime();
    }

    private boolean isWatched() {
        return phase != Phase.IDLE && phase != Phase.SWITCHED;
    }

    /** Sees to it that the timer goes off no later than the time-out. */
    private void watch(ChannelHandlerContext ctx) {
        long at = lastActivity + limit();
        if (timer != null) {
            if (timerAt - at <= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerAt = at;
        timer = ctx.executor().schedule(() -> look(ctx), at - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext ctx) {
        timer = null;
        if (!isWatched()) {
            return;
        }
        if (System.nanoTime() - lastActivity < limit()) {
            watch(ctx);
        } else if (phase == Phase.UPLOAD && !deaf) {
            fail(ctx, ctx.channel().isWritable() ? new RequestStalledException() : WriteTimeoutException.INSTANCE);
        } else {
            fail(ctx, ReadTimeoutException.INSTANCE);
        }
    }

    /** A backend is not blamed for what the client does not read. */
    private long limit() {
        return switch (phase) {
            case UPLOAD -> deaf ? timeouts.response() : timeouts.requestIdle();
            case WAIT -> timeouts.response();
            case BODY -> readWanted ? timeouts.response() : timeouts.streamIdle();
            case STREAM, SWITCHED, IDLE -> timeouts.streamIdle();
        };
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the end of the connection is told as such
    private static void fail(ChannelHandlerContext ctx, Exception failure) {
        ctx.fireExceptionCaught(failure);
        ctx.close();
    }
}
