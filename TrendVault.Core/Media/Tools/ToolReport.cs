namespace TrendVault.Core.Media;

/// <summary>Which programs were chosen, what they can reach, and whether they are confined: for the log and the status page.</summary>
internal sealed class ToolReport(Toolbox toolbox, Confiner confiner)
{
    /// <summary>A line for each thing to know.</summary>
    public async Task<IReadOnlyList<ToolLine>> ReadAsync(CancellationToken cancellationToken) =>
        [.. await toolbox.DescribeAsync(cancellationToken), await DescribeConfinementAsync(cancellationToken)];

    private async Task<ToolLine> DescribeConfinementAsync(CancellationToken cancellationToken)
    {
        try
        {
            var tools = await toolbox.GetAsync(cancellationToken);
            return await confiner.DescribeAsync([tools.YtDlp, .. tools.Companions], cancellationToken);
        }
        catch (MediaException)
        {
            // A tool is missing, which is told in its own line.
            return await confiner.DescribeAsync([], cancellationToken);
        }
    }
}
