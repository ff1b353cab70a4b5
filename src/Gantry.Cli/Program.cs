using System.Runtime.Versioning;
using Gantry.Cli.Commands;

[assembly: SupportedOSPlatform("linux")]

return await GantryCommand.RunAsync(args).ConfigureAwait(false);
