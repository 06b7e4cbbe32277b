namespace TrendVault.Tests.App;

/// <summary>The collection of tests that measure the whole process, such as its memory, while nothing else runs in it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
