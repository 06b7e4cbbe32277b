using TrendVault.Core.Jobs;

namespace TrendVault.Tests.Jobs;

public sealed class JobPlannerTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    [Fact]
    public void Every_backoff_stays_within_a_fifth_of_its_base_and_under_ten_minutes()
    {
        var dice = new Random(20260704);
        for (var round = 0; round < 10_000; round++)
        {
            var failures = dice.Next(0, 40);
            var wait = JobPlanner.Backoff(failures, First, dice.NextDouble()).TotalSeconds;
            var middle = 10 * Math.Pow(3, failures);

            Assert.InRange(wait, Math.Min(600, middle * 0.8), Math.Min(600, middle * 1.2));
        }
    }

    [Fact]
    public void A_later_retry_never_waits_less_than_an_earlier_one()
    {
        var dice = new Random(20260705);
        for (var round = 0; round < 10_000; round++)
        {
            var failures = dice.Next(0, 10);
            Assert.True(
                JobPlanner.Backoff(failures, First, dice.NextDouble()) <= JobPlanner.Backoff(failures + 1, First, dice.NextDouble()));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_error_that_may_pass_is_retried_until_the_third_failure(int failures)
    {
        var step = After(failures, new JobOutcome.Failed("network", "The network failed.", MayPass: true));

        Assert.IsType<JobTransition.Retrying>(step.Transition);
        Assert.Equal(JobState.Queued, step.State);
        Assert.True(step.CountsAsFailure);
        Assert.True(step.Delay > TimeSpan.Zero);
    }

    [Fact]
    public void The_third_failure_is_final()
    {
        var step = After(failures: 2, new JobOutcome.Failed("network", "The network failed.", MayPass: true));

        Assert.Equal(new JobTransition.Failed("network", "The network failed.", null), step.Transition);
    }

    [Fact]
    public void An_error_that_cannot_pass_is_final_at_once()
    {
        var step = After(failures: 0, new JobOutcome.Failed("private", "The video is private.", MayPass: false, Detail: "403"));

        Assert.Equal(new JobTransition.Failed("private", "The video is private.", "403"), step.Transition);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3600)]
    public void The_other_sides_wish_wins_over_the_backoff(int seconds)
    {
        var step = After(failures: 0, new JobOutcome.Failed("busy", "Busy.", MayPass: true, RetryAfter: TimeSpan.FromSeconds(seconds)));

        Assert.Equal(TimeSpan.FromSeconds(seconds), step.Delay);
    }

    [Fact]
    public void A_wish_that_lies_in_the_past_means_now()
    {
        var step = After(failures: 0, new JobOutcome.Failed("busy", "Busy.", MayPass: true, RetryAfter: TimeSpan.FromSeconds(-5)));

        Assert.Equal(TimeSpan.Zero, step.Delay);
    }

    [Fact]
    public void Waiting_and_giving_back_count_as_nothing()
    {
        JobStep[] steps = [After(failures: 2, new JobOutcome.Parked("Out of quota.", DateTimeOffset.UtcNow)), JobPlanner.GiveBack];

        Assert.All(steps, step =>
        {
            Assert.Equal(JobState.Queued, step.State);
            Assert.False(step.CountsAsFailure);
            Assert.False(step.CountsAsCrash);
        });
    }

    private static JobStep After(int failures, JobOutcome outcome) =>
        JobPlanner.After(new Job { Id = Guid.CreateVersion7(), Kind = "test", Attempt = 1, Failures = failures }, outcome, First, 0.5);
}
