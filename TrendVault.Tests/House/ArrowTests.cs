using TrendVault.Core;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.House;

/// <summary>Which feature uses which, as the compiled code has it. A feature is the part of a namespace after <c>TrendVault.Core.</c></summary>
public sealed class ArrowTests
{
    [Fact]
    public void No_feature_uses_one_that_leads_back_to_it()
    {
        var uses = Uses.In(typeof(Platform).Assembly, "TrendVault.Core.");
        var features = uses.Select(use => use.From).Distinct().ToList();
        var next = uses.ToLookup(use => use.From, use => use.To);

        var circles = features.Where(feature => Reach(feature, next).Contains(feature)).ToHashSet();

        Assert.Contains(uses, use => use is { From: "Downloads", To: "Jobs" });
        Assert.Empty(uses.Where(use => circles.Contains(use.From) && circles.Contains(use.To)).Select(use => $"{use.From} → {use.To}: {use.Who}"));
    }

    [Fact]
    public void The_sandbox_knows_nothing_of_what_it_stands_in_for()
    {
        var uses = Uses.In(typeof(Program).Assembly, "TrendVault.");

        Assert.Contains(uses, use => use.Who.StartsWith("TrendVault.Web.Pages.", StringComparison.Ordinal) && use.To == "Core");
        Assert.Empty(uses.Where(use => use.Who.StartsWith("TrendVault.Web.Sandbox.", StringComparison.Ordinal) && use.To == "Core").Select(use => use.Who));
    }

    [Fact]
    public void What_lies_at_the_door_of_Core_uses_no_feature() =>
        Assert.Empty(Uses.In(typeof(Platform).Assembly, "TrendVault.Core").Where(use => use.From.Length == 0 && use.To is not (".Data" or "")).Select(use => $"{use.Who} → {use.To}"));

    private static HashSet<string> Reach(string from, ILookup<string, string> next)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>(next[from]);
        while (open.TryDequeue(out var one))
        {
            if (!reached.Add(one))
                continue;
            foreach (var further in next[one])
                open.Enqueue(further);
        }

        return reached;
    }
}
