namespace Gantry.Server.Http;

/// <summary>How far the end of the server is: announced first, so that nobody new is sent here, and then begun.</summary>
/// <param name="begun">From when on watches end and new requests are sent away.</param>
internal sealed class StopSignal(CancellationTokenSource begun)
{
    private volatile bool _announced;

    /// <summary>Whether <c>/readyz</c> is to fail.</summary>
    public bool IsAnnounced => _announced || begun.IsCancellationRequested;

    public CancellationToken Begun => begun.Token;

    public void Announce() => _announced = true;

    public Task BeginAsync() => begun.CancelAsync();
}
