// KrakenD's engine by itself: Lura with its own router on Gin, as KrakenD puts them together, and nothing that KrakenD
// adds. It reads KrakenD's configuration. Build: go build, with the versions of go.mod.
package main

import (
	"log"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/logging"
	"github.com/luraproject/lura/v2/proxy"
	router "github.com/luraproject/lura/v2/router/gin"
	"github.com/luraproject/lura/v2/transport/http/server"
)

func main() {
	settings, err := config.NewParser().Parse(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(gin.Recovery())
	engine.ContextWithFallback = true
	router.NewFactory(router.Config{
		Engine:         engine,
		Middlewares:    []gin.HandlerFunc{},
		HandlerFactory: router.EndpointHandler,
		ProxyFactory:   proxy.DefaultFactory(logging.NoOp),
		Logger:         logging.NoOp,
		RunServer:      server.RunServer,
	}).New().Run(settings)
}
