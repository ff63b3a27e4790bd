package io.identities.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;

/**
 * What is written of a request to the backend. One that answers early and closes makes writing fail before its answer is
 * read: what remains of the body is then thrown away, and the answer, if there is one, still delivered. Event-loop bound.
 */
final class RequestWrites {

    private final CallProgress progress;
    private final Consumer<ChannelHandlerContext> read;

    /** @param read asks for more of what the backend has sent */
    RequestWrites(CallProgress progress, Consumer<ChannelHandlerContext> read) {
        this.progress = progress;
        this.read = read;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the promise is the future
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
