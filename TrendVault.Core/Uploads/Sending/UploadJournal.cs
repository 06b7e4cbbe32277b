using TrendVault.Core.Accounts;
using TrendVault.Core.Jobs;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>
/// What an attempt must write before it goes on, so that the next one, on whichever instance, knows how far this one may have come:
/// the platform's handle before the first byte, a mark before the last. A write that changes no row ends the attempt.
/// </summary>
internal sealed class UploadJournal
{
    private readonly UploadRows _rows;
    private readonly TokenVault _vault;
    private readonly UploadMeter _meter;
    private readonly Job _job;
    private readonly SecretOwner _owner;

    private UploadJournal(UploadRows rows, TokenVault vault, UploadMeter meter, Job job, UploadRow row)
    {
        _rows = rows;
        _vault = vault;
        _meter = meter;
        _job = job;
        _owner = SecretOwner.Upload(row.Id, row.UserId, row.Platform);
        LastByteSent = row.LastByteSent;
    }

    /// <summary>The running upload at the platform; null before there is one.</summary>
    public string? Handle { get; private set; }

    /// <summary>False as long as no video can have come of the handle.</summary>
    public bool LastByteSent { get; private set; }

    /// <summary>Saves a new handle. No byte may leave before this returns.</summary>
    /// <exception cref="OperationCanceledException">The job is another's by now, or to be cancelled.</exception>
    public async Task SaveHandleAsync(string handle, CancellationToken cancellationToken)
    {
        Require(await _rows.SaveHandleAsync(_job, await _vault.SealAsync(_owner, handle, cancellationToken), cancellationToken));
        Handle = handle;
        LastByteSent = false;
    }

    /// <summary>Gives up a handle that no video can have come of.</summary>
    /// <exception cref="OperationCanceledException">The job is another's by now, or to be cancelled.</exception>
    public async Task ForgetHandleAsync(CancellationToken cancellationToken)
    {
        Require(await _rows.SaveHandleAsync(_job, handle: null, cancellationToken));
        Handle = null;
        LastByteSent = false;
    }

    /// <summary>Must return before the last byte leaves.</summary>
    /// <exception cref="OperationCanceledException">The job is another's by now, or to be cancelled.</exception>
    public async Task MarkLastByteAsync(CancellationToken cancellationToken)
    {
        Require(await _rows.MarkLastByteAsync(_job, cancellationToken));
        LastByteSent = true;
    }

    /// <summary>Tells how many bytes the platform has; as often as one likes.</summary>
    /// <param name="sent">Bytes from the file's beginning.</param>
    public void Report(WorkPhase phase, long sent) => _meter.Report(phase, sent);

    internal static async Task<UploadJournal> OpenAsync(
        UploadRows rows, TokenVault vault, UploadMeter meter, Job job, UploadRow row, CancellationToken cancellationToken)
    {
        var journal = new UploadJournal(rows, vault, meter, job, row);
        if (await rows.FindHandleAsync(row.Id, cancellationToken) is { } handle)
            journal.Handle = await vault.OpenAsync(journal._owner, handle, cancellationToken);
        return journal;
    }

    private static void Require(bool isOurs)
    {
        if (!isOurs)
            throw new OperationCanceledException("The upload is no longer this worker's.");
    }
}
