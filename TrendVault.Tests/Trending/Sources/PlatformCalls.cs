using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace TrendVault.Tests.Trending;

/// <summary>Stands over a client's connections and keeps what goes out.</summary>
internal sealed class PlatformCalls
{
    private readonly Lock _lock = new();
    private int _now;
    private long _busySince;

    /// <summary>The path of each call and the status of its answer.</summary>
    public ConcurrentQueue<(string Path, HttpStatusCode Status)> Answers { get; } = [];

    /// <summary>The most that were under way at the same time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>How long any was under way.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>One for each client's chain of handlers.</summary>
    public DelegatingHandler CreateHandler() => new Handler(this);

    private void Count(int change)
    {
        lock (_lock)
        {
            if (_now == 0)
                _busySince = Stopwatch.GetTimestamp();
            MostAtOnce = Math.Max(MostAtOnce, _now += change);
            if (_now == 0)
                Busy += Stopwatch.GetElapsedTime(_busySince);
        }
    }

    private sealed class Handler(PlatformCalls calls) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            calls.Count(1);
            try
            {
                var answer = await base.SendAsync(request, cancellationToken);
                await answer.Content.LoadIntoBufferAsync(cancellationToken);
                calls.Answers.Enqueue((request.RequestUri!.AbsolutePath, answer.StatusCode));
                return answer;
            }
            finally
            {
                calls.Count(-1);
            }
        }
    }
}
