using System.ComponentModel.DataAnnotations;
using Google.Apis.Upload;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Uploads;

/// <summary>How uploads run. Those without a setting's name are fixed; tests shorten them.</summary>
internal sealed class UploadOptions : IValidatableObject
{
    /// <summary>How many run at once on one instance.</summary>
    [ConfigurationKeyName("UPLOAD_WORKERS")]
    [Range(1, 64, ErrorMessage = "UPLOAD_WORKERS must be a number from 1 to 64.")]
    public int Workers { get; set; } = 2;

    /// <summary>Sent at once, and held in memory once per running upload.</summary>
    [ConfigurationKeyName("UPLOAD_CHUNK_BYTES")]
    public int ChunkBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>The first pause after a failure within an attempt; each later one is twice as long.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Failures in a row, without a byte getting through, after which the attempt ends.</summary>
    public int Patience { get; set; } = 5;

    /// <summary>How long one chunk may take: 8 MiB in 5 minutes is 28 KB a second.</summary>
    public TimeSpan ChunkTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>When a job that waits for its account, its platform or the storage looks again.</summary>
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long, from its beginning, an upload waits for a platform that is down: a day, and one more for what it waited for before.</summary>
    public TimeSpan OutagePatience { get; set; } = TimeSpan.FromHours(48);

    /// <summary>
    /// How soon a published video is looked at again. A later look waits as long again as has passed since, an hour at most.
    /// </summary>
    public TimeSpan FirstFollowUp { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a published video is followed; a scheduled one, as long again after its time.</summary>
    public TimeSpan FollowUpPatience { get; set; } = TimeSpan.FromHours(24);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ChunkBytes < ResumableUpload.MinimumChunkSize || ChunkBytes % ResumableUpload.MinimumChunkSize != 0 || ChunkBytes > 256 * 1024 * 1024)
            yield return new ValidationResult("UPLOAD_CHUNK_BYTES must be a multiple of 262144, up to 268435456.");
    }
}
