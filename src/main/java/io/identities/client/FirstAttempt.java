package io.identities.client;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.function.BooleanSupplier;

/** Passes the response to the caller's own handler, unless it is a 401 after which the request is sent again. */
final class FirstAttempt<T> implements BodyHandler<T> {

    private final BodyHandler<T> handler;
    private final BooleanSupplier mayRepeat;
    private volatile boolean refused;

    FirstAttempt(BodyHandler<T> handler, BooleanSupplier mayRepeat) {
        this.handler = handler;
        this.mayRepeat = mayRepeat;
    }

    @Override
    public BodySubscriber<T> apply(ResponseInfo answer) {
        refused = answer.statusCode() == 401 && mayRepeat.getAsBoolean();
        return refused ? BodySubscribers.replacing(null) : handler.apply(answer);
    }

    boolean isRefused() {
        return refused;
    }
}
