namespace TrendVault.Web.Sandbox.Faults;

/// <summary>The orders that are open, and the switches.</summary>
public sealed class SandboxFaults
{
    private readonly Lock _gate = new();
    private readonly List<Open> _open = [];
    private readonly List<UploadHold> _holds = [];
    private readonly HashSet<UploadHold> _held = [];
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How the platforms behave until told otherwise.</summary>
    public SandboxSwitches Switches { get; set; } = new();

    /// <summary>What has not happened yet.</summary>
    public IReadOnlyList<FaultOrder> Orders
    {
        get
        {
            lock (_gate)
                return [.. _open.Select(open => open.Order with { Skip = open.Skip, Times = open.Times })];
        }
    }

    /// <summary>Orders of the same path are worked off one after the other.</summary>
    public void Order(FaultOrder order)
    {
        lock (_gate)
            _open.Add(new Open(order));
    }

    /// <summary>From now on an upload gets no answer at that point, for as long as its client waits or until the release.</summary>
    public void Hold(UploadHold hold)
    {
        lock (_gate)
            _holds.Add(hold);
    }

    /// <summary>How many of the holds a request has run into.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
                return _held.Count;
        }
    }

    /// <summary>Whoever still waits is cut off, and whoever comes again is answered.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _holds.Clear();
            _held.Clear();
            _released.SetResult();
            _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Returns at once, or never: a request that is held ends with its connection.</summary>
    internal async Task PassAsync(string title, long stored, HttpContext context)
    {
        Task released;
        lock (_gate)
        {
            if (_holds.Find(hold => hold.Title == title && stored >= hold.At) is not { } met)
                return;
            _held.Add(met);
            released = _released.Task;
        }

        await released.WaitAsync(context.RequestAborted);
        context.Abort();
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    /// <summary>Takes back all orders and turns all switches to their usual side.</summary>
    public void Clear()
    {
        lock (_gate)
            _open.Clear();
        Switches = new();
    }

    /// <summary>The order that a request runs into, counted off; null when it goes unharmed.</summary>
    internal FaultOrder? Take(string method, string path)
    {
        lock (_gate)
        {
            var open = _open.Find(candidate => candidate.Order.Hits(method, path));
            if (open is null)
                return null;
            if (open.Skip > 0)
            {
                open.Skip--;
                return null;
            }

            if (--open.Times <= 0)
                _open.Remove(open);
            return open.Order;
        }
    }

    private sealed class Open(FaultOrder order)
    {
        public FaultOrder Order => order;

        public int Skip { get; set; } = order.Skip;

        public int Times { get; set; } = order.Times;
    }
}

/// <summary>A point of an upload at which nobody answers.</summary>
/// <param name="Title">The video's; of a draft, which has none, its size in bytes.</param>
/// <param name="At">Bytes that have come by then; -1 is the answer with the upload's address, the size of the file is the last answer.</param>
public sealed record UploadHold(string Title, long At);

/// <summary>What can be different about the platforms without any request failing by itself.</summary>
public sealed record SandboxSwitches
{
    /// <summary>Seconds that an access token of Google lives.</summary>
    public int AccessTokenSeconds { get; init; } = 3599;

    /// <summary>Every refresh answers <c>invalid_grant</c>, at Google and at TikTok.</summary>
    public bool RefuseRefresh { get; init; }

    /// <summary>TrendVault's own credentials are refused with <c>invalid_client</c>, at Google and at TikTok.</summary>
    public bool RefuseClient { get; init; }

    /// <summary>Google grants without a refresh token, as to who has consented before.</summary>
    public bool NoRefreshToken { get; init; }

    /// <summary>YouTube's refusal of the API key, such as <c>API_KEY_IP_ADDRESS_BLOCKED</c>.</summary>
    public string? ApiKeyFault { get; init; }

    /// <summary>YouTube's API is not enabled in the project, for keys and tokens.</summary>
    public bool ApiDisabled { get; init; }

    /// <summary>YouTube shows nobody's channel of their own.</summary>
    public bool NoChannels { get; init; }

    /// <summary>When set, only these scopes are granted, whatever is ticked.</summary>
    public IReadOnlyList<string>? OnlyScopes { get; init; }

    /// <summary>The consent page is skipped and the identity with this e-mail address says yes to everything.</summary>
    public string? ConsentAs { get; init; }

    /// <summary>When set, uploads get this privacy, and no time to become public, whatever was asked.</summary>
    public string? UploadPrivacy { get; init; }

    /// <summary>Scheduled videos stay private when their time comes.</summary>
    public bool HoldScheduled { get; init; }

    /// <summary>How processing of uploads ends: <c>processed</c>, <c>failed</c> or <c>rejected</c>.</summary>
    public string ProcessingEnds { get; init; } = "processed";

    /// <summary>YouTube's failureReason or rejectionReason with it.</summary>
    public string? ProcessingReason { get; init; }

    /// <summary>How Apify's runs end: <c>SUCCEEDED</c>, <c>FAILED</c>, or <c>TIMED-OUT</c> or <c>ABORTED</c> with half of the items.</summary>
    public string ApifyRunEnds { get; init; } = "SUCCEEDED";

    /// <summary>Seconds that Apify waits for a run before it answers 408; the run goes on.</summary>
    public double ApifySyncSeconds { get; init; } = 300;

    /// <summary>Seconds that a creator's access token of TikTok lives.</summary>
    public int CreatorTokenSeconds { get; init; } = 7200;

    /// <summary>How often a complete draft's status is still <c>PROCESSING_UPLOAD</c>.</summary>
    public int ProcessingPolls { get; init; } = 2;

    /// <summary>TikTok's <c>fail_reason</c> with which drafts then end; null when they arrive.</summary>
    public string? FailReason { get; init; }

    /// <summary>Drafts of one creator within a day that may be unfinished.</summary>
    public int PendingShares { get; init; } = 5;

    /// <summary>Of one creator.</summary>
    public int InitsPerMinute { get; init; } = 6;

    /// <summary>Of one creator.</summary>
    public int StatusesPerMinute { get; init; } = 30;

    /// <summary>Seconds until the status of a draft that was posted names the post.</summary>
    public int ModerationSeconds { get; init; }

    /// <summary>The status of a draft does not say how many bytes have come.</summary>
    public bool HideUploadedBytes { get; init; }

    /// <summary>Given instead of the drafts' own upload addresses.</summary>
    public string? UploadUrl { get; init; }

    /// <summary>Seconds that an app's token of TikTok lives.</summary>
    public int AppTokenSeconds { get; init; } = 7200;
}
