using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Downloads;

/// <summary>The limits of downloads. Those without a setting's name are promises of the design; tests shorten them.</summary>
internal sealed class DownloadOptions
{
    /// <summary>Downloads at once on one instance.</summary>
    [ConfigurationKeyName("DOWNLOAD_WORKERS")]
    [Range(1, 32, ErrorMessage = "DOWNLOAD_WORKERS must be a number from 1 to 32.")]
    public int Workers { get; set; } = 2;

    /// <summary>Downloads at once from one host, of all users on all instances.</summary>
    [ConfigurationKeyName("DOWNLOADS_PER_HOST")]
    [Range(1, 32, ErrorMessage = "DOWNLOADS_PER_HOST must be a number from 1 to 32.")]
    public int PerHost { get; set; } = 2;

    /// <summary>The largest file, in bytes.</summary>
    [ConfigurationKeyName("MAX_FILE_BYTES")]
    [Range(1, long.MaxValue, ErrorMessage = "MAX_FILE_BYTES must be a number of bytes greater than 0.")]
    public long MaxFileBytes { get; set; } = 4L << 30;

    /// <summary>Free bytes on the disk of the working folders below which nothing is downloaded.</summary>
    [ConfigurationKeyName("MIN_FREE_BYTES")]
    [Range(0, long.MaxValue, ErrorMessage = "MIN_FREE_BYTES must be a number of bytes, 0 or more.")]
    public long MinFreeBytes { get; set; } = 2L << 30;

    /// <summary>What one user's downloads may hold together, in bytes; 0 is no limit.</summary>
    [ConfigurationKeyName("USER_STORAGE_BYTES")]
    [Range(0, long.MaxValue, ErrorMessage = "USER_STORAGE_BYTES must be a number of bytes, 0 for no limit.")]
    public long UserStorageBytes { get; set; }

    /// <summary>How fast one download may go, in bytes a second; 0 is no limit.</summary>
    [ConfigurationKeyName("DOWNLOAD_RATE_LIMIT")]
    [Range(0, long.MaxValue, ErrorMessage = "DOWNLOAD_RATE_LIMIT must be a number of bytes a second, 0 for no limit.")]
    public long RateLimit { get; set; }

    /// <summary>For reading what a page offers.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>For one attempt, whatever it does.</summary>
    public TimeSpan DownloadTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Without a byte. A server that drips slower than that would hold a worker for the whole two hours.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Between the polite signal and the one that cannot be ignored.</summary>
    public TimeSpan KillPatience { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often the folder's size and the disk are looked at while a download runs.</summary>
    public TimeSpan WatchEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a download without its tools, or without room, waits before it looks again.</summary>
    public TimeSpan ParkFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a finished file waits for the object store.</summary>
    public TimeSpan KeepFinishedFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long what was deleted can be taken back.</summary>
    public TimeSpan UndoFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often leftovers are looked for.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(10);
}
