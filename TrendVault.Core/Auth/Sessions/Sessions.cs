using System.Collections.Concurrent;

namespace TrendVault.Core.Auth;

/// <summary>
/// Who is signed in. Answers are remembered for 4 seconds, so that a page with its fragments asks the database once and a
/// sign-out still holds on every instance within 5.
/// </summary>
internal sealed class Sessions(SessionStore store, TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<string, Remembered> _remembered = new();

    /// <summary>Signs a browser in under a new id. The token is the cookie's value; it cannot be had again.</summary>
    public async Task<string> StartAsync(Guid userId, ClientInfo client, CancellationToken cancellationToken)
    {
        var token = OpaqueToken.Create();
        await store.AddAsync(Guid.CreateVersion7(), userId, SessionKind.Browser, OpaqueToken.Hash(token), client, cancellationToken);
        return token;
    }

    /// <summary>The living session of a cookie, or null.</summary>
    public Task<SignedIn?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var hash = OpaqueToken.Hash(token);
        return RecallAsync(Convert.ToHexString(hash), () => store.FindByTokenAsync(hash, cancellationToken), cancellationToken);
    }

    /// <summary>The living session that an access token names, or null.</summary>
    public Task<SignedIn?> FindApiAsync(Guid sessionId, CancellationToken cancellationToken) =>
        RecallAsync(sessionId.ToString(), () => store.FindApiAsync(sessionId, cancellationToken), cancellationToken);

    /// <summary>Which of these sessions still live; asks the database.</summary>
    public Task<IReadOnlyList<Guid>> AliveAsync(IReadOnlyCollection<Guid> sessionIds, CancellationToken cancellationToken) =>
        store.AliveAsync(sessionIds, cancellationToken);

    /// <summary>A user's living sessions, the latest used first, at most 100.</summary>
    public Task<IReadOnlyList<SessionRow>> ListAsync(Guid userId, CancellationToken cancellationToken) =>
        store.ListAsync(userId, cancellationToken);

    /// <summary>Ends one session of the user; false when there is no such living one.</summary>
    public async Task<bool> EndAsync(Guid userId, Guid sessionId, CancellationToken cancellationToken)
    {
        var ended = await store.EndAsync(userId, sessionId, cancellationToken);
        Forget(userId);
        return ended > 0;
    }

    /// <summary>Ends all sessions of the user but one, with their access and refresh tokens.</summary>
    public async Task EndOthersAsync(Guid userId, Guid keptSessionId, CancellationToken cancellationToken)
    {
        await store.EndOthersAsync(userId, keptSessionId, cancellationToken);
        Forget(userId);
    }

    /// <summary>Drops what is remembered of a user, so that this instance sees a change at once.</summary>
    internal void Forget(Guid userId)
    {
        foreach (var (key, entry) in _remembered)
        {
            if (entry.Session?.UserId == userId)
                _remembered.TryRemove(key, out _);
        }
    }

    private async Task<SignedIn?> RecallAsync(string key, Func<Task<SignedIn?>> find, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (_remembered.TryGetValue(key, out var known) && time.GetElapsedTime(known.At, now) < Memory)
            return known.Session;

        var session = await find();
        if (session is { IsSeenLongAgo: true })
            await store.SeenAsync(session.SessionId, cancellationToken);
        Remember(key, new Remembered(session, now));
        return session;
    }

    private void Remember(string key, Remembered entry)
    {
        // Random cookies must not fill the memory.
        if (_remembered.Count >= 10_000)
            _remembered.Clear();
        _remembered[key] = entry;
    }

    private sealed record Remembered(SignedIn? Session, long At);
}
