using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Uploads;

/// <summary>Waits within an attempt for what passes by itself.</summary>
internal sealed class UploadPauses(IOptions<UploadOptions> options, TimeProvider time, ILogger<UploadPauses> log)
{
    // A longer wait is the queue's: it holds no worker.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Throws what does not pass within the attempt.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="failures">How many in a row, this one counted.</param>
    public async Task AfterAsync(Exception failure, int failures, CancellationToken cancellationToken)
    {
        var pause = options.Value.FirstPause * Math.Pow(2, failures - 1);
        if (failure is not PlatformException { Remedy: Remedy.Retry } problem
            || problem.RetryAfter > Longest
            || failures >= options.Value.Patience)
        {
            throw failure;
        }

        log.LogInformation("The platform does not take the upload at the moment ({Code}); asking again", problem.Code);
        await Task.Delay(problem.RetryAfter ?? (pause < Longest ? pause : Longest), time, cancellationToken);
    }
}
