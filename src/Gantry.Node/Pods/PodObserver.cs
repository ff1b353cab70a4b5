using System.Globalization;
using System.Text;
using Gantry.Node.Cri;
using Gantry.Node.Runtime;

namespace Gantry.Node.Pods;

/// <summary>Reads what the runtime has of one pod. What cannot change any more is asked for once. Used by one worker at a time.</summary>
public sealed class PodObserver
{
    private const int LastWordsLimit = 4096;

    private readonly IContainerRuntime _runtime;
    private readonly PodFolders _folders;
    private readonly string _uid;
    private readonly Dictionary<string, ContainerFact> _ended = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _addresses = new(StringComparer.Ordinal);

    public PodObserver(IContainerRuntime runtime, PodFolders folders, string uid)
    {
        _runtime = runtime;
        _folders = folders;
        _uid = uid;
    }

    /// <param name="wordsFromLog">The names of containers whose log's end serves as last words when they fail without any.</param>
    /// <param name="ct">Cancellation.</param>
    /// <exception cref="Grpc.GrpcException">The runtime does not answer.</exception>
    public async Task<PodRuntime> ReadAsync(IReadOnlySet<string> wordsFromLog, CancellationToken ct)
    {
        var sandboxes = _runtime.ListSandboxesAsync(_uid, ct);
        var containers = await _runtime.ListContainersAsync(_uid, ct);
        var facts = new List<ContainerFact>(containers.Count);
        foreach (var container in containers)
        {
            if (await FactAsync(container, wordsFromLog, ct) is { } fact)
            {
                facts.Add(fact);
            }
        }

        // What the runtime has removed need not be remembered.
        foreach (var id in _ended.Keys.Except(facts.Select(f => f.Id), StringComparer.Ordinal).ToList())
        {
            _ended.Remove(id);
        }

        var found = new List<SandboxFact>();
        foreach (var sandbox in await sandboxes)
        {
            var ready = sandbox.State == PodSandboxState.SandboxReady;
            found.Add(new SandboxFact(sandbox.Id, sandbox.Metadata.Attempt, ready, Time(sandbox.CreatedAt)!.Value, ready ? await AddressesAsync(sandbox.Id, ct) : []));
        }

        return new PodRuntime(found, facts);
    }

    private async Task<IReadOnlyList<string>> AddressesAsync(string id, CancellationToken ct)
    {
        if (_addresses.TryGetValue(id, out var known))
        {
            return known;
        }

        var network = (await _runtime.SandboxStatusAsync(id, ct))?.Network;
        IReadOnlyList<string> addresses = network is null || network.Ip.Length == 0 ? [] : [network.Ip, .. network.AdditionalIps.Select(a => a.Ip)];
        return _addresses[id] = addresses;
    }

    private async Task<ContainerFact?> FactAsync(Container container, IReadOnlySet<string> wordsFromLog, CancellationToken ct)
    {
        if (_ended.TryGetValue(container.Id, out var known))
        {
            return known;
        }

        if (await _runtime.ContainerStatusAsync(container.Id, ct) is not { } status)
        {
            return null;
        }

        var fact = new ContainerFact
        {
            Id = container.Id,
            Name = status.Metadata.Name,
            SandboxId = container.PodSandboxId,
            RestartCount = int.TryParse(status.Annotations.TryGetValue(RuntimeNames.RestartCount, out var count) ? count : "", NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number : (int)status.Metadata.Attempt,
            Phase = status.State switch
            {
                ContainerState.ContainerCreated => ContainerPhase.Created,
                ContainerState.ContainerRunning => ContainerPhase.Running,
                ContainerState.ContainerExited => ContainerPhase.Exited,
                _ => ContainerPhase.Unknown,
            },
            Created = Time(status.CreatedAt)!.Value,
            Started = Time(status.StartedAt),
            Finished = Time(status.FinishedAt),
            ExitCode = status.ExitCode,
            Reason = status.Reason,
            Message = status.Message,
            Image = status.Image?.Image ?? "",
            ImageId = status.ImageRef,
            Hash = status.Annotations.TryGetValue(RuntimeNames.Hash, out var hash) ? hash : "",
        };
        if (fact.Exited)
        {
            fact = fact with { Message = LastWords(fact, wordsFromLog, status.LogPath) };
            _ended[fact.Id] = fact;
        }

        return fact;
    }

    private string LastWords(ContainerFact fact, IReadOnlySet<string> wordsFromLog, string log)
    {
        var text = Tail(_folders.LastWords(_uid, fact.Name, fact.RestartCount), LastWordsLimit);
        if (text.Length == 0 && fact.ExitCode != 0 && wordsFromLog.Contains(fact.Name))
        {
            text = PlainLines(Tail(log, LastWordsLimit));
        }

        return text.Length > 0 ? text : fact.Message;
    }

    private static string Tail(string path, int bytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(bytes, file.Length), SeekOrigin.End);
            var buffer = new byte[bytes];
            var read = file.ReadAtLeast(buffer, bytes, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(buffer, 0, read);
        }
        catch (IOException)
        {
            // Nothing was left there.
            return "";
        }
    }

    // A log line is "time stream tag text"; the first may be cut.
    private static string PlainLines(string log) =>
        string.Join('\n', log.Split('\n').Select(l => l.Split(' ', 4)).Where(p => p.Length == 4).Select(p => p[3]).TakeLast(80));

    private static DateTimeOffset? Time(long nanoseconds) => nanoseconds <= 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
