package io.identities.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
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
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/**
 * Watches one connection to the backend, request after request: time-outs by what is awaited, interim answers, answers
 * that come before the request is sent, and where an answer ends. Lives on the connection's event loop.
 */
final class BackendConnection extends ChannelDuplexHandler {

    static final String NAME = "identities.backendConnection";

    private static final AttributeKey<BackendConnection> KEY = AttributeKey.valueOf(BackendConnection.class, "self");

    private final BackendTimeouts timeouts;
    private final InactivityTimer silence = new InactivityTimer(this::look);
    private final AnswerEnd end = new AnswerEnd();

    private @Nullable ChannelHandlerContext context;
    private Phase phase = Phase.IDLE;
    private boolean readWanted;
    private boolean upgrade;
    private boolean interim;
    private boolean deaf;
    private boolean used;
    private boolean failed;

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

    /** Whether nothing may come: no request is under way. */
    boolean isIdle() {
        return phase == Phase.IDLE;
    }

    boolean isSwitched() {
        return phase == Phase.SWITCHED;
    }

    /** What comes now is an event stream, which may be silent for longer. */
    void expectStream() {
        if (phase == Phase.BODY) {
            phase = Phase.STREAM;
        }
    }

    /** What is known of the end of the answer that is being read. */
    AnswerEnd end() {
        return end;
    }

    /**
     * The bytes of one read are decoded.
     *
     * @param leftOver whether there are more of them than the answer has
     */
    void readEnds(boolean leftOver) {
        LastHttpContent last = end.readEnds();
        if (last == null || context == null) {
            return;
        }
        if (leftOver || end.hasStrays()) {
            Connection.from(context.channel()).markPersistent(false);
        }
        finish(context, last);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
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
        silence.moved();
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
            silence.moved();
        }
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (end.isReached()) {
            end.stray(msg);
            return;
        }
        if (failed) {
            // Half a head, which the close has made the decoder give up: not a second fault.
            ReferenceCountUtil.release(msg);
            return;
        }
        readWanted = ctx.channel().config().isAutoRead();
        silence.moved();
        if (interim && msg instanceof LastHttpContent) {
            interim = false;
            ReferenceCountUtil.release(msg);
            ctx.read();
        } else if (phase == Phase.SWITCHED && msg instanceof LastHttpContent) {
            leaveHttp(ctx);
        } else if (msg instanceof HttpResponse response
                && response.decoderResult().isSuccess()) {
            answer(ctx, response);
        } else if (msg instanceof LastHttpContent last) {
            if (!end.hold(last)) {
                finish(ctx, last);
            }
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    /** What cannot be decoded behind the end of an answer is not the answer's fault. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (end.isReached()) {
            end.stray(cause);
        } else if (!failed) {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        silence.cancel();
        ctx.fireChannelInactive();
    }

    private void begin(HttpRequest request) {
        phase = Phase.UPLOAD;
        used = true;
        deaf = false;
        end.nextRequest();
        upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
    }

    private void answer(ChannelHandlerContext ctx, HttpResponse response) {
        int status = response.status().code();
        if (status == 101 && upgrade) {
            phase = Phase.SWITCHED;
            ctx.fireChannelRead(response);
            return;
        }
        String fault = AnswerFault.of(response);
        if (fault != null) {
            ReferenceCountUtil.release(response);
            fail(ctx, new ProtocolException(fault));
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

    private void finish(ChannelHandlerContext ctx, LastHttpContent last) {
        phase = Phase.IDLE;
        ctx.fireChannelRead(last);
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
            silence.moved();
            promise.trySuccess();
        });
        return ours;
    }

    private void watch(ChannelHandlerContext ctx) {
        silence.watch(ctx.executor(), limit());
    }

    private void look() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || phase == Phase.IDLE || phase == Phase.SWITCHED) {
            return;
        }
        if (!silence.isOver(limit())) {
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
    private void fail(ChannelHandlerContext ctx, Exception failure) {
        failed = true;
        ctx.fireExceptionCaught(failure);
        ctx.close();
    }
}
