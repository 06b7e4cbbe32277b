using Microsoft.Extensions.Logging.Abstractions;

namespace TrendVault.Web.Sandbox;

/// <summary>How a sandbox is set up. Only <see cref="DataFolder"/> must be said.</summary>
public sealed record SandboxOptions
{
    /// <summary>The loopback port; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>The host name in the addresses that it hands out.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Where grants, tokens and uploaded videos are kept, so that they survive a restart.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where the pictures and clips are made, once; several sandboxes may share it. Under <see cref="DataFolder"/> by default.</summary>
    public string? MediaFolder { get; init; }

    /// <summary>The redirect URIs that the Google client has registered, exact to the byte.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>The clock of charts, quotas, tokens and processing.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How fast the media of the video pages come, in bytes per second, so that a download can be watched; 0 is as fast as it goes.</summary>
    public int MediaBytesPerSecond { get; init; } = 1_500_000;

    /// <summary>Length in seconds of the shortest clip; the others are one and a half times and twice as long.</summary>
    public int ClipSeconds { get; init; } = 20;

    /// <summary>How long an Apify run takes.</summary>
    public TimeSpan ApifyRunTime { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long YouTube processes an uploaded video.</summary>
    public TimeSpan ProcessingTime { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Uploaded files above this size in bytes are hashed and then let go, and have no media on their page.</summary>
    public long KeepUploadsUpTo { get; init; } = 512L << 20;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
