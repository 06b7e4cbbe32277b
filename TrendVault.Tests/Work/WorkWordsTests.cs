using System.Data;
using TrendVault.Core.Jobs;
using TrendVault.Core.Work;

namespace TrendVault.Tests;

/// <summary>What all lists of work call the same, and what each calls its own.</summary>
public sealed class WorkWordsTests
{
    [Fact]
    public void What_runs_is_called_by_what_is_done()
    {
        Assert.Equal(["pending", "downloading", "completed", "failed", "cancelled"], WorkWords.Downloads.All);
        Assert.Equal(["pending", "uploading", "completed", "failed", "cancelled"], WorkWords.Uploads.All);
    }

    [Fact]
    public void Each_word_is_read_back_in_any_case()
    {
        foreach (var status in Enum.GetValues<WorkStatus>())
        {
            Assert.True(WorkWords.Uploads.TryParse(WorkWords.Uploads.Of(status).ToUpperInvariant(), out var read));
            Assert.Equal(status, read);
        }
    }

    [Theory]
    [InlineData("running")]
    [InlineData("downloading")]
    [InlineData("")]
    [InlineData(null)]
    public void A_word_of_another_list_is_none(string? word) => Assert.False(WorkWords.Uploads.TryParse(word, out _));

    [Fact]
    public void A_column_is_read_whichever_list_it_is_of_and_an_unknown_word_is_told()
    {
        var handler = new WorkStatusHandler();

        Assert.Equal([WorkStatus.Running, WorkStatus.Running, WorkStatus.Failed], ((string[])["downloading", "uploading", "failed"]).Select(handler.Parse));
        Assert.Throws<DataException>(() => handler.Parse("running"));
    }

    [Fact]
    public void Only_progress_leaves_what_is_counted_as_it_is()
    {
        var row = new Row { Id = Guid.CreateVersion7(), UserId = Guid.CreateVersion7(), Title = "A film", Status = WorkStatus.Pending, Progress = 0, CreatedAt = default, UpdatedAt = default };

        foreach (var happened in Enum.GetValues<WorkEvent>())
            Assert.Equal(happened != WorkEvent.Progress, row.Tell(happened).ChangesCounts);
        Assert.Equal("row:start", row.Tell(WorkEvents.After(new JobTransition.Started(), row)).Name);
        Assert.Equal("row:waiting", row.Tell(WorkEvents.After(new JobTransition.Parked("For the quota.", default), row)).Name);
        Assert.Equal("row:waiting", row.Tell(WorkEvents.After(new JobTransition.GivenBack(), row)).Name);
    }

    private sealed record Row : WorkRow
    {
        public override string Kind => "row";
    }
}
