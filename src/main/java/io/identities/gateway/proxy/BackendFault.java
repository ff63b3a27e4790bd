package io.identities.gateway.proxy;

import io.identities.gateway.http.ProblemCode;
import io.netty.handler.timeout.TimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/** Maps a failed call of the backend to a problem response. */
final class BackendFault {

    private static final int MAX_MESSAGE = 200;

    private BackendFault() {}

    /** No connection available in time: 503; too slow: 504; every other fault of a backend: 502. */
    static ProblemCode of(Throwable failure) {
        if (failure instanceof PoolAcquireTimeoutException || failure instanceof PoolAcquirePendingLimitException) {
            return ProblemCode.BACKEND_UNAVAILABLE;
        }
        if (failure instanceof RequestStalledException) {
            return ProblemCode.REQUEST_TIMEOUT;
        }
        if (failure instanceof TimeoutException || failure instanceof java.util.concurrent.TimeoutException) {
            return ProblemCode.BACKEND_TIMEOUT;
        }
        return ProblemCode.BACKEND_FAILED;
    }

    /** Whether the failure is one of the network or the backend rather than of code in this process. */
    static boolean isOfTheConnection(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof java.util.concurrent.TimeoutException
                || failure instanceof PoolAcquirePendingLimitException;
    }

    /**
     * Whether a kept-alive connection turned out to be dead before any byte of a response: the only case for a retry.
     */
    static boolean isDeadConnection(Throwable failure) {
        return failure instanceof PrematureCloseException
                || failure instanceof IOException
                        && !(failure instanceof ConnectException)
                        && !(failure instanceof UnknownHostException)
                        && !(failure instanceof SSLException);
    }

    /**
     * Text for one log line. Quotes connection errors, but nothing that a backend sent, because a broken one may echo a
     * token.
     */
    static String describe(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        if (!(failure instanceof IOException) && !(failure instanceof java.util.concurrent.TimeoutException)) {
            return name;
        }
        String message = String.valueOf(failure.getMessage());
        StringBuilder text = new StringBuilder(name).append(": ");
        message.chars().limit(MAX_MESSAGE).forEach(c -> text.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
        return text.toString();
    }
}
