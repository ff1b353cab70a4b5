namespace Gantry.Server.CustomResources.Paths;

/// <summary>A path asks something of a value that cannot be answered.</summary>
internal sealed class JsonPathException(string message) : Exception(message);
