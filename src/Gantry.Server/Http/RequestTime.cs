namespace Gantry.Server.Http;

/// <summary>How long one request goes on: until the client has gone, and until its deadline or the end of the server where it has one.</summary>
internal readonly struct RequestTime : IDisposable
{
    private readonly CancellationToken _deadline;
    private readonly CancellationTokenSource? _linked;
    private readonly CancellationTokenSource? _own;

    public RequestTime(CancellationToken token)
    {
        Token = token;
    }

    private RequestTime(CancellationTokenSource linked, CancellationTokenSource? own, CancellationToken deadline)
    {
        Token = linked.Token;
        _linked = linked;
        _deadline = deadline;
        _own = own;
    }

    /// <summary>Ends whatever is done for the request.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether its deadline has come.</summary>
    public bool IsOverdue => _deadline.IsCancellationRequested;

    /// <param name="own">Disposed of with the request.</param>
    /// <param name="deadline">Ends with the time.</param>
    /// <param name="aborted">Ends with the client.</param>
    public static RequestTime Of(CancellationTokenSource? own, CancellationToken deadline, CancellationToken aborted) =>
        new(CancellationTokenSource.CreateLinkedTokenSource(aborted, deadline), own, deadline);

    /// <summary>The time of a watch or stream.</summary>
    public static RequestTime UntilStopped(CancellationToken stopping, CancellationToken aborted) =>
        new(CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping), null, default);

    public void Dispose()
    {
        _linked?.Dispose();
        _own?.Dispose();
    }
}
