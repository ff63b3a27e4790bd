package io.identities.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request to the backend. If the backend responds early and closes, writing fails before its response is read:
 * the rest of the body is then discarded and the response, if any, still delivered. Event-loop bound.
 */
final class RequestWrites {

    private final CallProgress progress;
    private final Consumer<ChannelHandlerContext> read;
    private final BiConsumer<ChannelHandlerContext, Throwable> fail;
    private @Nullable FullHttpRequest substitute;

    /**
     * @param read requests more bytes from the backend
     * @param fail fails the call and closes the connection
     */
    RequestWrites(
            CallProgress progress,
            Consumer<ChannelHandlerContext> read,
            BiConsumer<ChannelHandlerContext, Throwable> fail) {
        this.progress = progress;
        this.read = read;
        this.fail = fail;
    }

    /**
     * Replaces the request that {@code write} writes by {@code request}: the client's operations, which track the call,
     * neither accept a foreign target nor report a failed write.
     */
    void substituteNext(FullHttpRequest request, Runnable write) {
        substitute = request;
        try {
            write.run();
        } finally {
            substitute = null;
        }
    }

    /** The message to write for {@code msg}. */
    Object substituteFor(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        FullHttpRequest request = substitute;
        if (request == null) {
            return msg;
        }
        substitute = null;
        ReferenceCountUtil.release(msg);
        promise.addListener(written -> {
            // A closed connection is reported by the channel itself.
            if (!written.isSuccess() && ctx.channel().isActive()) {
                fail.accept(ctx, written.cause());
            }
        });
        return request;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The caller's promise reports the result.
    void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (progress.hasWriteFailed()) {
            ReferenceCountUtil.release(msg);
            promise.trySuccess();
            return;
        }
        progress.moved();
        boolean wholeRequest = msg instanceof HttpRequest && msg instanceof LastHttpContent;
        if (msg instanceof LastHttpContent) {
            progress.requestSent();
        }
        progress.watch(ctx.executor());
        ctx.write(msg, wholeRequest ? promise : evenIfItFails(ctx, promise));
    }

    private ChannelPromise evenIfItFails(ChannelHandlerContext ctx, ChannelPromise promise) {
        ChannelPromise ours = ctx.newPromise();
        ours.addListener(written -> {
            if (!written.isSuccess() && !progress.hasWriteFailed()) {
                progress.writeFailed();
                read.accept(ctx);
            }
            progress.moved();
            promise.trySuccess();
        });
        return ours;
    }
}
