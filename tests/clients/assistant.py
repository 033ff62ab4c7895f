"""An assistant that speaks the Model Context Protocol by the protocol's SDK for Python.

Calls tools, as lines of JSON `[name, arguments]` on standard input name them, and prints a line of JSON for each: whether it is
an error, and what came.

    assistant.py http URL TOKEN
    assistant.py stdio PROGRAM ARGUMENT...        (the token is in the environment)
"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client


async def talk(streams):
    async with ClientSession(streams[0], streams[1]) as session:
        connected = await session.initialize()
        tools = await session.list_tools()
        print(json.dumps([connected.server_info.name, [tool.name for tool in tools.tools]]), flush=True)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            try:
                result = await session.call_tool(name, arguments)
                print(json.dumps([bool(result.is_error), result.structured_content]), flush=True)
            except Exception as error:  # what the protocol itself refuses
                print(json.dumps(["refused", str(error)]), flush=True)


async def main():
    kind, target, *more = sys.argv[1:]
    if kind == "http":
        async with create_mcp_http_client(headers={"Authorization": f"Bearer {more[0]}"}) as http:
            async with streamable_http_client(target, http_client=http) as streams:
                await talk(streams)
    else:
        server = StdioServerParameters(command=target, args=more, env=dict(os.environ))
        async with stdio_client(server) as streams:
            await talk(streams)


asyncio.run(main())
