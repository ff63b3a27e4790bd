package io.identities.client;

/** The gateway refused the username and password. */
public final class WrongCredentialsException extends IdentitiesException {

    WrongCredentialsException(Problem problem, Throwable cause) {
        super("Wrong username or password", problem, cause);
    }

    @Override
    WrongCredentialsException again() {
        return new WrongCredentialsException(problem(), this);
    }
}
