namespace Gantry.Node.Images;

/// <summary>A blob of an image archive: held in memory when small (it may turn out to be a manifest), else already in the content store.</summary>
internal sealed record Blob(string Digest, long Size, byte[]? Content);
