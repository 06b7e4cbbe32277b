using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using TrendVault.Core.Embedded;
using TrendVault.Core.Storage;
using TrendVault.Web.Pages.Shared;

[assembly: AssemblyFixture(typeof(TrendVault.Tests.App.SwiftServer))]

namespace TrendVault.Tests.App;

/// <summary>
/// A real S3 server, which checks signatures and takes multiparts: OpenStack Swift with its S3 API, on ports of its own. It starts
/// when the first test asks for it and serves the whole run.
/// </summary>
public sealed class SwiftServer : IAsyncDisposable
{
    private const string AccessKey = "test:tester";
    private const string SecretKey = "testing";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tv-swift-{Path.GetRandomFileName()[..8]}");
    private readonly List<ChildProcess> _servers = [];
    private readonly SemaphoreSlim _starting = new(1);
    private int _port;

    /// <summary>How TrendVault is told to use it, with a bucket of that name.</summary>
    internal async Task<StorageOptions> OptionsAsync(string bucket)
    {
        await _starting.WaitAsync();
        try
        {
            if (_servers.Count == 0)
                await StartAsync();
        }
        finally
        {
            _starting.Release();
        }

        return new StorageOptions { Endpoint = $"127.0.0.1:{_port}", AccessKey = AccessKey, SecretKey = SecretKey, Bucket = bucket };
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        _starting.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        // Started as root, the servers drop to the user that they are configured for, and refuse one that does not exist.
        var user = Environment.IsPrivilegedProcess ? "swift" : Environment.UserName;
        int[] ports = [.. FreePorts(5)];
        _port = ports[3];
        Directory.CreateDirectory(Path.Combine(_folder, "node", "sd1"));
        WriteConfiguration(user, ports);
        if (Environment.IsPrivilegedProcess)
            await RequireAsync("chown", "-R", "swift:swift", _folder);
        await RequireAsync("/usr/bin/python3", "-c", RingScript, _folder, $"{ports[0]}", $"{ports[1]}", $"{ports[2]}");

        foreach (var name in new[] { "account", "container", "object", "proxy" })
            _servers.Add(ChildProcess.Start([$"/usr/bin/swift-{name}-server", Path.Combine(_folder, name + ".conf")], Environment.IsPrivilegedProcess ? user : null, NullLogger.Instance));
        await Eventually.TrueAsync(AnswersAsync, $"Swift answers ({string.Join(" ", _servers.Select(server => server.LastOutput))})", TimeSpan.FromSeconds(60));
    }

    private const string RingScript =
        """
        import sys
        from swift.common.ring import RingBuilder
        folder, ports = sys.argv[1], sys.argv[2:]
        for name, port in zip(('account', 'container', 'object'), ports):
            builder = RingBuilder(4, 1, 1)
            builder.add_dev({'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'device': 'sd1', 'weight': 1.0})
            builder.rebalance()
            builder.get_ring().save('%s/%s.ring.gz' % (folder, name))
        """;

    private void WriteConfiguration(string user, int[] ports)
    {
        Write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = tests\nswift_hash_path_prefix = tests\n");
        foreach (var (name, port) in new[] { ("account", ports[0]), ("container", ports[1]), ("object", ports[2]) })
        {
            Write(
                name + ".conf",
                $"""
                [DEFAULT]
                bind_ip = 127.0.0.1
                bind_port = {port}
                workers = 0
                user = {user}
                swift_dir = {_folder}
                devices = {_folder}/node
                mount_check = false
                fsync = off
                [pipeline:main]
                pipeline = {name}-server
                [app:{name}-server]
                use = egg:swift#{name}
                conn_timeout = 30
                node_timeout = 60
                """);
        }

        // After a few late answers Swift leaves a node alone for a minute. There is one node, and a busy machine answers late.
        // The cache's server does not run: a port that nobody serves is an empty cache, and one process less.
        Write(
            "proxy.conf",
            $"""
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = {_port}
            workers = 0
            user = {user}
            swift_dir = {_folder}
            [pipeline:main]
            pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth copy slo dlo proxy-server
            [app:proxy-server]
            use = egg:swift#proxy
            account_autocreate = true
            conn_timeout = 30
            node_timeout = 60
            recoverable_node_timeout = 60
            error_suppression_limit = 1000000
            [filter:catch_errors]
            use = egg:swift#catch_errors
            [filter:gatekeeper]
            use = egg:swift#gatekeeper
            [filter:cache]
            use = egg:swift#memcache
            memcache_servers = 127.0.0.1:{ports[4]}
            [filter:listing_formats]
            use = egg:swift#listing_formats
            [filter:s3api]
            use = egg:swift#s3api
            s3_acl = false
            location = us-east-1
            [filter:tempauth]
            use = egg:swift#tempauth
            user_test_tester = {SecretKey} .admin
            [filter:copy]
            use = egg:swift#copy
            [filter:slo]
            use = egg:swift#slo
            [filter:dlo]
            use = egg:swift#dlo
            """);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private async Task<bool> AnswersAsync()
    {
        using var store = new S3ObjectStore(new StorageOptions { Endpoint = $"127.0.0.1:{_port}", AccessKey = AccessKey, SecretKey = SecretKey, Bucket = "ready" }, spoolFolder: _folder);
        try
        {
            await store.CheckAsync(CancellationToken.None);
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    private static async Task RequireAsync(params string[] command)
    {
        var (exitCode, output) = await ChildProcess.RunAsync(command, user: null, CancellationToken.None);
        Assert.True(exitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{command[0]} ended with {exitCode}: {output}"));
    }

    private static List<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.ConvertAll(listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
