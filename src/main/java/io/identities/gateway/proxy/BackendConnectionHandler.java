package io.identities.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AttributeKey;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Supervises one connection to the backend, request after request: writes, reads, time-outs by what is awaited, and what
 * its end implies for other connections. Event-loop bound.
 */
final class BackendConnectionHandler extends ChannelDuplexHandler {

    static final String NAME = "identities.backendConnection";

    private static final AttributeKey<BackendConnectionHandler> KEY =
            AttributeKey.valueOf(BackendConnectionHandler.class, "self");

    private final ConnectionUse use;
    private final CallProgress progress;
    private final RequestWrites writes;
    private final ResponseReader reader;

    private @Nullable ChannelHandlerContext context;

    /** @param awaited whether a request may be waiting for a connection */
    BackendConnectionHandler(BackendTimeouts timeouts, IdleConnections kept, BooleanSupplier awaited) {
        this.use = new ConnectionUse(kept);
        this.progress = new CallProgress(timeouts, this::checkProgress);
        this.writes = new RequestWrites(progress, this::read, this::failToWrite);
        this.reader = new ResponseReader(progress, use, awaited, this::fail);
    }

    static BackendConnectionHandler of(Channel channel) {
        BackendConnectionHandler connection = channel.attr(KEY).get();
        if (connection == null) {
            throw new IllegalStateException("Not a connection to the backend: " + channel);
        }
        return connection;
    }

    /** The handler in front of the decoder. */
    ResponseBytesHandler bytesHandler() {
        return new ResponseBytesHandler(progress, reader);
    }

    /** Whether it has carried a request before the one about to be written. */
    boolean hasCarriedRequest() {
        return use.hasCarriedRequest();
    }

    /**
     * Whether it has carried a request, and nothing since {@code moment}. May be asked by any thread.
     *
     * @param moment of {@link System#nanoTime}
     */
    boolean hasRestedSince(long moment) {
        return use.hasRestedSince(moment);
    }

    /** Has {@code request} written in place of the one that {@code write} writes. */
    void substitute(FullHttpRequest request, Runnable write) {
        writes.substituteNext(request, write);
    }

    /** Whether any byte has come back since the last request was written. */
    boolean hasHeard() {
        return reader.hasHeard();
    }

    /** Whether the head that was read last came without anything of its body. */
    boolean isHeadAhead() {
        return reader.isHeadAhead();
    }

    /** The response is an event stream, which may be silent for longer. */
    void expectStream() {
        progress.expectStream();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        reader.passFrom(ctx);
        ctx.channel().attr(KEY).set(this);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The caller's promise reports the result.
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (progress.isSwitched()) {
            ctx.write(msg, promise);
            return;
        }
        Object substitute = writes.substituteFor(ctx, msg, promise);
        if (substitute instanceof HttpRequest request) {
            progress.begin();
            use.begins();
            reader.expectAnswerTo(request);
        }
        writes.write(ctx, substitute, promise);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        progress.readWanted();
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        reader.read(ctx, msg);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!reader.hasEnd()) {
            lost();
        }
        reader.readFailed(ctx, cause);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
            use.closeNotified();
            // The HTTP client now closes the connection, which must not count as a close by the gateway.
            lost();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The caller's promise reports the result.
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        use.closedHere();
        ctx.close(promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        progress.cancel();
        lost();
        ctx.fireChannelInactive();
    }

    private void lost() {
        if (reader.awaitsFirstByte()) {
            use.endsUnheard();
        }
    }

    private void checkProgress() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || progress.isIdle() || progress.isSwitched()) {
            return;
        }
        if (progress.isStalled()) {
            fail(ctx, progress.fault(ctx.channel().isWritable()));
        } else {
            progress.watch(ctx.executor());
        }
    }

    private void failToWrite(ChannelHandlerContext ctx, Throwable failure) {
        lost();
        fail(ctx, failure);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The close is reported by the channel itself.
    private void fail(ChannelHandlerContext ctx, Throwable failure) {
        reader.abandon();
        ctx.fireExceptionCaught(failure);
        ctx.close();
    }
}
