using System.Data;
using Dapper;

namespace TrendVault.Core.Work;

/// <summary>Where a piece of work stands. The last three are final; a retry by the user begins again at the first.</summary>
[StoredAsText(typeof(WorkStatusHandler))]
public enum WorkStatus
{
    /// <summary>Waits for a worker, or, with a reason beside it, for something else.</summary>
    Pending,

    /// <summary>A worker has it.</summary>
    Running,

    /// <summary>What was to be made is there.</summary>
    Completed,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Ended by its user.</summary>
    Cancelled,
}

/// <summary>The words of a status outside C#, in a column and for scripts: what runs is called by what is done.</summary>
/// <param name="running"><c>downloading</c> or <c>uploading</c>.</param>
internal sealed class WorkWords(string running)
{
    public static readonly WorkWords Downloads = new("downloading");

    public static readonly WorkWords Uploads = new("uploading");

    public IEnumerable<string> All => Enum.GetValues<WorkStatus>().Select(Of);

    public string Of(WorkStatus status) => status == WorkStatus.Running ? running : EnumText<WorkStatus>.Of(status);

    /// <summary>False for a word that is not one of them; in any case.</summary>
    public bool TryParse(string? text, out WorkStatus status)
    {
        status = WorkStatus.Running;
        return string.Equals(text, running, StringComparison.OrdinalIgnoreCase)
            || (EnumText<WorkStatus>.TryParse(text, out status) && status != WorkStatus.Running);
    }
}

/// <summary>Reads the words of all lists; each writes its own, which its <see cref="WorkTable"/> knows.</summary>
internal sealed class WorkStatusHandler : SqlMapper.TypeHandler<WorkStatus>
{
    public override WorkStatus Parse(object value) =>
        value is string word && (WorkWords.Downloads.TryParse(word, out var status) || WorkWords.Uploads.TryParse(word, out status))
            ? status
            : throw new DataException($"\"{value}\" is no status of work.");

    public override void SetValue(IDbDataParameter parameter, WorkStatus value) =>
        throw new NotSupportedException("Give the statement the word of its table.");
}
