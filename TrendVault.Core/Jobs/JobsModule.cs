using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TrendVault.Core.Settings;

namespace TrendVault.Core.Jobs;

internal static class JobsModule
{
    /// <summary>Adds the feature and its settings. The host's shutdown timeout must be <see cref="JobOptions.ShutdownTimeout"/>.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<JobOptions>(configuration);
        services.AddSingleton<JobHandlers>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<JobOrders>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<JobCounter>();
        services.AddSingleton<JobSignals>();
        services.AddSingleton<JobLocks>();
        services.AddSingleton<JobSettler>();
        services.AddSingleton<JobWorker>();
        services.AddSingleton<RunningJobs>();

        // Hosted services stop in reverse order: these serve the dispatchers, which are added after them, to the end of the drain.
        services.AddHostedService(provider => provider.GetRequiredService<JobLocks>());
        services.AddHostedService<JobListener>();
        services.AddHostedService<JobWatch>();
        services.AddHostedService<JobSweeper>();
        services.AddHostedService<RecurringJobs>();

        services.AddJobHandler<JobCleanup>();
        services.AddRecurringJob(JobCleanup.JobKind, JobCleanup.Every);
        return services;
    }

    /// <summary>Adds a kind of job: its handler, a singleton, and the dispatcher that feeds it.</summary>
    public static IServiceCollection AddJobHandler<T>(this IServiceCollection services) where T : class, IJobHandler
    {
        services.AddSingleton<T>();
        services.AddSingleton<IJobHandler>(provider => provider.GetRequiredService<T>());
        // Not AddHostedService, which keeps one service per type: there is a dispatcher per kind.
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<JobDispatcher>(provider, provider.GetRequiredService<T>()));
        return services;
    }

    /// <summary>Adds work that is enqueued once per slot of <paramref name="every"/>, over all instances, by the database's clock.</summary>
    /// <param name="kind">Of a registered handler.</param>
    /// <param name="every">Whole minutes.</param>
    /// <param name="keyPrefix">Tells apart two that share a kind; the kind itself when null.</param>
    /// <param name="args">For the handler, as JSON.</param>
    public static IServiceCollection AddRecurringJob(
        this IServiceCollection services, string kind, TimeSpan every, string? keyPrefix = null, string args = "{}")
    {
        if (every < TimeSpan.FromMinutes(1) || every.Ticks % TimeSpan.TicksPerMinute != 0)
            throw new ArgumentOutOfRangeException(nameof(every), every, "Slots are named by the minute.");
        return services.AddSingleton(new RecurringJob(kind, every, keyPrefix ?? kind, args));
    }
}
