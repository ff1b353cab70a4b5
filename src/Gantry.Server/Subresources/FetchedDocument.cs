namespace Gantry.Server.Subresources;

/// <summary>What came of asking for a document.</summary>
/// <param name="Code">The status; 0 where nothing was answered.</param>
/// <param name="Body">Empty unless the answer was a success.</param>
/// <param name="Tag">Its ETag, or empty.</param>
/// <param name="Problem">Why nothing was answered.</param>
internal sealed record FetchedDocument(int Code, byte[] Body, string Tag, string? Problem)
{
    public bool IsThere => Code / 100 == 2;

    /// <summary>Whether the document is the one whose tag was sent.</summary>
    public bool IsUnchanged => Code == 304;
}
