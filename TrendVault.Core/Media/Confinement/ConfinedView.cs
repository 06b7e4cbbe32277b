using System.Globalization;

namespace TrendVault.Core.Media;

/// <summary>
/// The command line of bubblewrap that shows a program the system's own programs, the tools, what it is to read and what it is to write,
/// and nothing else: no other file, no other process, no network but a loopback of its own, no privilege.
/// </summary>
internal sealed record ConfinedView
{
    /// <summary>Programs and libraries of the system; readable for everybody, and nothing of the users' in them.</summary>
    public static readonly string[] SystemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"];

    // Where libraries are (also by way of Debian's alternatives), whom to trust on the net, what time it is.
    private static readonly string[] SystemSettings =
    [
        "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime", "/etc/mime.types",
        "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/etc/pki/tls/certs", "/etc/pki/ca-trust", "/etc/crypto-policies",
    ];

    // SIGINT goes to the whole group and is meant for the program: bubblewrap, which waits for it, must not die of it. The launcher below
    // takes it back.
    private const string DeafToInterrupts = "trap '' INT; exec \"$@\"";

    // Makes the way out (ServeAsync of NetworkDoor is its other end), limits the number of tasks, and becomes the program.
    private const string Launcher =
        """
        import os, resource, signal, socket, sys
        door, port, tasks, *command = sys.argv[1:]
        if door:
            listener = socket.create_server(("127.0.0.1", int(port)), backlog=128)
            with socket.socket(socket.AF_UNIX) as messenger:
                messenger.connect(door)
                socket.send_fds(messenger, [b"."], [listener.fileno()])
                messenger.recv(1)
            listener.close()
        if tasks != "0":
            resource.setrlimit(resource.RLIMIT_NPROC, (int(tasks), int(tasks)))
        for name in ("SIGINT", "SIGPIPE", "SIGXFSZ"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.execvp(command[0], command)
        """;

    // Since Linux 5.14 RLIMIT_NPROC counts within a user namespace; before, all that the user runs anywhere.
    private static readonly bool CountsTasksInside = Environment.OSVersion.Version >= new Version(5, 14);

    /// <summary>Where bubblewrap is.</summary>
    public required string Bubblewrap { get; init; }

    /// <summary>Where the Python is that runs the launcher.</summary>
    public required string Python { get; init; }

    /// <summary>What the tools need (<see cref="ToolFolders"/>).</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    /// <param name="door">Through which its way out is handed over; null for a program without any network.</param>
    public ProcessGroup.Command Around(ProcessGroup.Command command, NetworkDoor? door) => command with
    {
        Program = "sh",
        Arguments =
        [
            "-c", DeafToInterrupts, "sh", Bubblewrap, "--unshare-all", "--cap-drop", "ALL",
            .. SystemFolders.SelectMany(Show),
            // Started as root the program is root in its own eyes, and /proc knows no other: what is not to be written must not be writable.
            "--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--dir", "/tmp",
            .. SystemSettings.Concat(Tools).Concat(command.Reads).Where(Path.Exists).SelectMany(Bind),
            .. (string[])(door is null ? [] : ["--ro-bind", door.Path, door.Path]),
            .. Writable(command).SelectMany(path => (string[])["--bind", path, path]),
            "--remount-ro", "/", "--chdir", command.WorkingFolder,
            "--", Python, "-ISc", Launcher, door?.Path ?? "", Port(command), Tasks(command.Limits), command.Program, .. command.Arguments,
        ],
    };

    private static IEnumerable<string> Writable(ProcessGroup.Command command) =>
        ((string[])[command.WorkingFolder, command.Environment["HOME"]]).Distinct();

    private static string Port(ProcessGroup.Command command) => (command.Network?.Port ?? 0).ToString(CultureInfo.InvariantCulture);

    private static string Tasks(ChildLimits limits) => CountsTasksInside ? limits.Tasks.ToString(CultureInfo.InvariantCulture) : "0";

    private static string[] Show(string folder) => new DirectoryInfo(folder) switch
    {
        { LinkTarget: { } target } => ["--symlink", target, folder],
        { Exists: true } => Bind(folder),
        _ => [],
    };

    private static string[] Bind(string path) => ["--ro-bind", path, path];
}
