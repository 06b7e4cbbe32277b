using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;

namespace TrendVault.Core.Jobs;

/// <summary>
/// The registered handlers by kind. They are made at the first question, not before: handlers enqueue jobs, so they need
/// <see cref="JobQueue"/>, which needs them to cancel.
/// </summary>
internal sealed class JobHandlers(IServiceProvider services)
{
    private readonly Lazy<FrozenDictionary<string, IJobHandler>> _byKind =
        new(() => services.GetServices<IJobHandler>().ToFrozenDictionary(handler => handler.Kind));

    /// <summary>Null for a kind that another version of TrendVault enqueued.</summary>
    public IJobHandler? Find(string kind) => _byKind.Value.GetValueOrDefault(kind);
}
